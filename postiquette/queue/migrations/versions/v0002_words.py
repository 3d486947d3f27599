"""What was said can be looked up, and what was asked, without reading a whole history."""

import hashlib
import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the digest of what a post says, and the indexes."""
    with op.batch_alter_table("deliveries") as table:
        table.add_column(sa.Column("words", sa.String(length=32), nullable=True))
    _fill()
    op.create_index("ix_deliveries_kind", "deliveries", ["audience", "kind", "intent_at"])
    op.create_index("ix_deliveries_words", "deliveries", ["audience", "words", "intent_at"])


def _fill() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, sent FROM deliveries WHERE sent IS NOT NULL")).all()
    digests = [{"id": row.id, "words": _digest(row.sent)} for row in rows if row.sent not in (None, "null")]
    if digests:
        connection.execute(sa.text("UPDATE deliveries SET words = :words WHERE id = :id"), digests)


def _digest(sent: object) -> str:
    """As the version of this step made it; later ones may differ."""
    content = json.loads(sent) if isinstance(sent, str) else sent
    text = re.sub(r"https?://\S+", " ", " ".join(content["texts"]).casefold())  # type: ignore[index]
    words = " ".join(re.findall(r"\w+", text))
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:32]
