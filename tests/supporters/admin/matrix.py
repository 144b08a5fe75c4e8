"""Who may ask for what. An address, as the URLconf has it, and what it answers to each role: read, then
posted without a word. After them what an address does in several ways, posted with what makes it act;
those of the staff are the acts of walk/table.py, in their order.

The letters stand for visitor, an account that runs nothing, organizer, members who may edit, update
and view, another organizer, a moderator, a superuser; the petition is the organizer's and open. What
they mean is said by letter() in matrix_world.py. Members of a team are asked for on the petition's
pages alone: elsewhere, where a row has a dot, they are any other organizer. Where a list is "y" for
others, it is their own rows that they see in it.
"""

from . import matrix_accounts, matrix_acts, matrix_petitions, matrix_records

ROWS: dict[str, tuple[str, ...]] = {
    **matrix_accounts.ROWS,
    **matrix_records.ROWS,
    **matrix_petitions.ROWS,
    **matrix_acts.ROWS,
}
