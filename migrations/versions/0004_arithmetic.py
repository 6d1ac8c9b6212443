"""Arithmetic that answers null where PostgreSQL's raises: out of range, or undefined."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Two numbers within these bounds can be added, subtracted, multiplied and divided without overflow or underflow.
_BOUNDED = """
CREATE FUNCTION otn_bounded(value float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN value = 0 OR abs(value) BETWEEN 1e-150 AND 1e150 THEN value END"""
_REMAINDER = """
CREATE FUNCTION otn_remainder(dividend float8, divisor float8) RETURNS float8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN divisor <> 0 THEN dividend - divisor * trunc(dividend / divisor) END"""
# ln(1e150) is 345.
_POWER = """
CREATE FUNCTION otn_power(base float8, exponent float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
  WHEN base = 0 AND exponent > 0 THEN 0
  WHEN base = 0 AND exponent = 0 THEN 1
  WHEN base = 0 OR base < 0 AND exponent <> trunc(exponent) THEN NULL
  WHEN abs(exponent * ln(abs(base))) < 345 THEN power(base, exponent)
END"""


def upgrade() -> None:
    for function in (_BOUNDED, _REMAINDER, _POWER):
        op.execute(function)


def downgrade() -> None:
    op.execute("DROP FUNCTION otn_power(float8, float8), otn_remainder(float8, float8), otn_bounded(float8)")
