"""Runs the migrations; one process at a time, the others wait and find nothing to do."""

from alembic import context
from sqlalchemy import create_engine, text

LOCK = 4_011_975  # any number, the same for every process

engine = create_engine(context.config.attributes["url"])
with engine.connect() as connection:
    connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
    connection.commit()
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
    connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
    connection.commit()
engine.dispose()
