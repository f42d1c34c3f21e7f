"""``pilot ask``, ``brief``, ``usage``, ``model``: the pilot in people's hands."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import typer

from pilot.cli.options import Answering, AsJson, AsOf, day, say
from pilot.progress import at_work
from pilot.records import InputError

model_commands = typer.Typer(no_args_is_help=True, help="The frozen assistant in MLflow's registry.")
usage_commands = typer.Typer(no_args_is_help=True, help="What became of the assistant's answers.")


def ask_command(
    question: Annotated[str, typer.Argument(help="In Vietnamese, typed as you like.")],
    as_of: AsOf = None,
    province: Annotated[str | None, typer.Option(help="Where the citizen is.")] = None,
    audience: Annotated[str | None, typer.Option(help="Who asks, such as 'doanh nghiệp'.")] = None,
    dataset: Answering = None,
    model: Annotated[
        str | None, typer.Option(help="A frozen assistant: champion, candidate or a version number.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Answer with approved passages in force, or hand over to an expert.

    Example: pilot ask "Thử việc tối đa bao lâu?" --as-of 2026-01-15 --province "Nghệ An"
    """
    from pilot.assist.asking import ask

    with at_work("asking the assistant") as tell:
        asked = ask(question, day(as_of), province, audience, dataset, model, say=_through(tell))
    typer.echo(json.dumps(asked.reply.row(), ensure_ascii=False) if as_json else asked.reply.text())
    if asked.ask_id:
        say(f"how was it? `pilot usage feedback {asked.ask_id} accepted` (or edited, rejected)")


def brief_command(
    source: Annotated[str, typer.Argument(help="A .docx, .html or .txt file, or a số hiệu of the dataset.")],
    dataset: Annotated[
        Path | None, typer.Option(help="The store that may be touched; default data/sample.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the pages; default state/briefs/….")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a newly issued document changes: older law, stored answers, frequent questions.

    Example: pilot brief 45/2019/QH14

    Example: pilot brief new_law.docx --out state/briefs/new_law
    """
    from pilot import project
    from pilot.assist.brief import read_new, write_brief
    from pilot.assist.brief_pages import write_pages
    from pilot.assist.ready import ready
    from pilot.sources import Dataset

    with at_work("reading what is new") as tell:
        data = Dataset.load(dataset or project.sample())
        new, own = read_new(source, data)
        tell(now="holding it against what is stored")
        brief = write_brief(new, own, data, ready(dataset, _through(tell)))
        written = write_pages(brief, out or project.state("briefs", new.document_id.replace("/", "_")))
    for path in written:
        typer.echo(str(path), err=as_json)
    if as_json:
        typer.echo(json.dumps(brief.row(), ensure_ascii=False))


@model_commands.command("export")
def model_export_command(
    dataset: Answering = None,
) -> None:
    """Freeze the assistant as one MLflow model, alias candidate.

    Example: pilot model export
    """
    from pilot.assist.frozen import CANDIDATE, export
    from pilot.assist.ready import ready_folder

    with at_work("freezing the assistant") as tell:
        number = export(ready_folder(dataset, _through(tell)))
    typer.echo(f"version {number} registered as {CANDIDATE}; `pilot ask … --model {CANDIDATE}` uses it")


@model_commands.command("promote")
def model_promote_command(
    version: Annotated[str, typer.Argument(help="Alias or number.")] = "candidate",
    record: Annotated[
        Path | None, typer.Option(help="The report's bao_cao.json; default state/reports.")
    ] = None,
    override: Annotated[
        str | None, typer.Option(help="Promote against the report, with this reason on record.")
    ] = None,
) -> None:
    """Make a version the champion if the report says go; exit 1 if it is refused.

    Example: pilot model promote
    """
    from pilot.assist.frozen import CHAMPION, promote

    with at_work("reading version and report"):
        found = promote(version, record, override)
    for objection in found.objections:
        say(objection)
    if not found.done:
        say(f"version {found.version} stays as it is; --override REASON promotes it on your responsibility")
        raise typer.Exit(1)
    typer.echo(f"version {found.version} is {CHAMPION}")


@model_commands.command("tune")
def model_tune_command(
    risk: Annotated[
        float, typer.Option(min=0.01, max=0.9, help="Share of answers that may hold no fitting passage.")
    ] = 0.15,
    write: Annotated[bool, typer.Option("--write", help="Put it into experiments/assistant.yaml.")] = False,
) -> None:
    """Choose anew from where on the assistant answers, after its models or the sample have changed.

    Train and dev of the sample only, by models that saw none of a question's group; minutes.

    Example: pilot model tune --risk 0.15 --write
    """
    from pilot import project
    from pilot.assist.tuning import RISKS, tune, write_settings
    from pilot.sources import Dataset

    with at_work("training five times on the sample"):
        found = tune(Dataset.load(project.sample()), sorted({risk, *RISKS}))
    for one in found:
        chosen = "*" if one.risk == risk else " "
        typer.echo(
            f"{chosen} risk {one.risk:.2f}: answers {one.answered:.2f} of {one.n}, wrong {one.wrong:.3f}; answers "
            f"{one.groundless:.2f} of {one.emptied} whose answers were taken out of the store, "
            f"least {one.confidence.least:.4f}"
        )
    confidence = next(one.confidence for one in found if one.risk == risk)
    if write:
        typer.echo(f"{write_settings(confidence)} written; run the tests of the assistant, then commit it")
    else:
        weights = [round(weight, 4) for weight in confidence.weights]
        typer.echo(f"weights {weights}; --write puts them into the settings")


@usage_commands.command("feedback")
def feedback_command(
    ask_id: Annotated[str, typer.Argument(help="As `pilot ask` printed it.")],
    outcome: Annotated[Literal["accepted", "edited", "rejected"], typer.Argument(help="What became of it.")],
    passage: Annotated[str | None, typer.Option(help="Which answer; default the first.")] = None,
    text: Annotated[str | None, typer.Option(help="The answer as changed, or why it was not used.")] = None,
    seconds: Annotated[float | None, typer.Option(help="How long it took you.")] = None,
) -> None:
    """Say what became of an answer.

    Example: pilot usage feedback 3f2a accepted
    """
    from pilot.assist.usage import log_feedback

    log_feedback(ask_id, outcome, passage, text, seconds)
    say(f"{ask_id}: {outcome}, kept for the report")


@usage_commands.command("summary")
def summary_command() -> None:
    """Count questions, answers, hand-overs and outcomes, as one JSON object.

    Example: pilot usage summary
    """
    from pilot.assist.usage import summary, usage

    typer.echo(json.dumps(summary(usage()), ensure_ascii=False, indent=1))


@usage_commands.command("export")
def export_command(
    out: Annotated[Path, typer.Option(help="Dataset folder to write.")],
    dataset: Answering = None,
) -> None:
    """Write the questions asked as a dataset, ready for `pilot label import`.

    Example: pilot usage export --out state/asked
    """
    from pilot import project
    from pilot.assist.usage import as_dataset, usage
    from pilot.sources import Dataset, write_folder

    data = as_dataset(usage(), Dataset.load(dataset or project.sample()))
    if not data.questions:
        raise InputError("no question was asked yet; `pilot ask` logs each one")
    about = "Câu hỏi đã hỏi trợ lý, đã che dữ liệu cá nhân; mức độ phù hợp theo phản hồi của người dùng."
    write_folder(data, out, about)
    typer.echo(f"{out}: {len(data.questions)} questions, {len(data.judgments)} judgments")


def _through(tell: Callable[..., None]) -> Callable[[str], None]:
    """Return what a long work says its lines by."""
    return lambda line: tell(f"pilot: {line}")
