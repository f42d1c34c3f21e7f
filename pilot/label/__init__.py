"""The labelling service: experts answer tasks at a web page, and nothing they type is lost.

``votes`` tells what is settled, ``adjudication`` decides the rest, ``agreement`` measures, ``release`` writes datasets.
``tables`` and ``store`` hold the data, ``writer`` commits it, ``queue`` deals tasks out, ``answers`` takes what
experts do, ``accounts`` knows who they are; ``app``, ``pages``, ``review``, ``api`` and ``admin`` are the web.
"""
