"""The least change that makes the whole queue pass: plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from postiquette.cli.context import Context, console, format_option, now, pass_context, person, print_json

if TYPE_CHECKING:
    from postiquette.policies.plan import Move
    from postiquette.scheduler.project import Project


@click.command()
@click.option("--apply", "apply_", is_flag=True, help="Write the new times into the queue.")
@format_option("text", "json")
@pass_context
def plan(context: Context, apply_: bool, format_: str) -> int:
    """Propose the fewest moves, then the least shift, by which every ask passes at its time.

    Posts at fixed times stay, and those of a series keep their order. Where no slot helps, the plan says which posts would have to be
    rewritten, held or approved. Exit code 1 where there are such posts.
    """
    from postiquette.preview.proposal import propose

    project = context.project()
    proposal = propose(project, now())
    if apply_:
        _apply(context, project, proposal.arrangement.moves)
    if format_ == "json":
        print_json(proposal.as_json())
    else:
        from postiquette.preview.terminal import show_proposal

        show_proposal(proposal, console(), applied=apply_)
    return 1 if any(proposal.left_over()) else 0


def _apply(context: Context, project: Project, moves: tuple[Move, ...]) -> None:
    """Write the moves, all or none. Raises InputError where the queue is not what was planned for."""
    from postiquette.errors import InputError
    from postiquette.queue import deliveries
    from postiquette.queue.deliveries import Move as Change
    from postiquette.queue.states import State
    from postiquette.scheduler import intake

    with context.store(project) as store, store.begin() as connection:
        if intake.compare(project, connection, now()):
            raise InputError("the files and the queue differ", hint="`postiquette sync` first, then plan again.")
        known = deliveries.by_keys(connection, [move.candidate.key for move in moves])
        for move in moves:
            delivery = known.get(move.candidate.key)
            if delivery is None or delivery.state is not State.SCHEDULED or delivery.due_at != move.candidate.at:
                raise InputError(f"{move.candidate.key} has changed meanwhile", hint="Plan again.")
            reason = f"moved by plan from {delivery.due_at:%Y-%m-%d %H:%M} UTC"
            deliveries.update(connection, delivery, Change(person(), now(), reason), due_at=move.to)


COMMANDS = [plan]
