"""The labelling service: experts answer tasks at a web page, and nothing they type is lost.

``tables`` says what is kept; ``store`` opens it, ``writer`` commits it, ``backup`` carries it elsewhere; ``accounts``
knows who people are. ``importing`` makes tasks out of a dataset with what machines propose (``proposals``), ``queue``
deals them out, ``answers`` takes what experts do, ``content`` says what an answer may hold, ``cards`` how passages are
frozen and shown. ``votes`` tells what is settled, ``adjudication`` decides the rest (and what ``flags`` puts before
it), ``agreement`` measures, ``quiz`` trains, ``release`` writes datasets. ``app`` is the web: ``entrance``, ``pages``
with their ``views``, ``review``, ``api``, ``admin``, ``search`` are what people reach; ``security`` stands before all
of them, ``serve`` starts it.
"""
