"""Who is the same customer in conversations and calls, and when each comes again."""

from typing import TYPE_CHECKING

import polars as pl

from metrics.model.definitions import Rules
from metrics.model.logged_calls import is_logged_call
from metrics.model.schema import INSTANT, attribute

if TYPE_CHECKING:
    from metrics.model.tables import Tables

ROW, AGAIN, IS_KNOWN = "row", "contacted_again_at", "is_customer_known"
# In place of a reason: there is none, and it does not matter which.
NO_REASON, ANY_REASON = -1, -2


def list_contacts(tables: "Tables", rules: Rules) -> pl.DataFrame:
    """Each time that a customer wrote or called, with who it was.

    A contact id or an e-mail says who; a telephone number says so alone where all that is known
    with it is one customer's: two of them are never taken for one because of it.

    Returns:
        `row` of the conversation (null: a call), `id`, `at`, `reason` (a number), `customer` (a
        number that holds in this version; null: nobody knows), `closed_at`, where it is closed now,
        and whether the customer `came`, or we wrote alone. Calls that were written as conversations
        count once.
    """
    key = ("contacts", rules.row_key)
    return tables.memory.get(key, lambda: _list_contacts(tables, rules))


def _list_contacts(tables: "Tables", rules: Rules) -> pl.DataFrame:
    is_customers = (pl.col("origin") == "customer").fill_null(value=False)
    reason = _number(attribute(rules.labels.reason)).fill_null(NO_REASON)
    texts = tables.derived("conversations", rules).with_row_index(ROW).lazy()
    written = texts.filter(~is_logged_call(tables, rules)).select(
        ROW,
        "id",
        at=pl.col("created_at"),
        reason=reason,
        contact=_number("contact_id"),
        email=_number("contact_email"),
        digits=pl.when(is_customers).then("logged_digits"),
        closed_at=pl.when(pl.col("state") == "closed").then("last_close_at"),
        came=is_customers | pl.col("first_contact_reply_at").is_not_null(),
    )
    calls = tables.calls.lazy()
    called = calls.filter((pl.col("direction") == "inbound") & (pl.col("status") == "done")).select(
        "id",
        "digits",
        at="started_at",
        reason=pl.lit(NO_REASON, pl.Int64),
        email=_number("contact_email"),
        came=True,
    )
    known = pl.concat([written, called], how="diagonal").collect().lazy()
    # Whoever has two addresses, or two ids under one address, goes by the first of the addresses.
    pairs = known.select("contact", "email").drop_nulls().unique()
    by_contact = pairs.group_by("contact").agg(first=pl.col("email").min())
    by_email = pairs.join(by_contact, on="contact").group_by("email").agg(pl.col("first").min())
    owned = (
        known.join(by_contact, on="contact", how="left")
        .with_columns(email=pl.coalesce("first", "email"))
        .drop("first")
        .join(by_email, on="email", how="left")
        # An address and an id are never the same number.
        .with_columns(customer=pl.coalesce("first", "email") * 2)
        .with_columns(pl.coalesce("customer", pl.col("contact") * 2 + 1))
        .collect()
        .lazy()
    )
    phones = (
        owned.drop_nulls("digits")
        .group_by("digits")
        .agg(owner=pl.col("customer").min(), last=pl.col("customer").max())
    )
    phones = phones.with_row_index("phone").with_columns(
        # Of nobody or of several: a customer of its own.
        pl.when(pl.col("owner") == pl.col("last")).then("owner").otherwise(-1 - pl.col("phone"))
    )
    return (
        owned.join(phones, on="digits", how="left")
        .with_columns(pl.coalesce("customer", "owner"))
        .select(ROW, "id", "at", "reason", "customer", "closed_at", "came")
        .collect()
    )


def _number(label: str) -> pl.Expr:
    """The same for the same label, in all tables of one process."""
    return pl.col(label).to_physical().cast(pl.Int64)


def with_next_contact(tables: "Tables", rules: Rules) -> pl.DataFrame:
    """Conversations with `contacted_again_at` and `is_customer_known`; worked out once.

    The first contact of the same customer after the close, about the same reason. One without a
    reason, as all calls are, may be about any: it is taken for the same.
    """
    key = ("next contact", rules.row_key)
    return tables.memory.get(key, lambda: _find_next(tables, rules))


def _find_next(tables: "Tables", rules: Rules) -> pl.DataFrame:
    contacts = list_contacts(tables, rules).lazy().drop_nulls("customer")
    came = contacts.filter(pl.col("came")).select("customer", "at", "reason", next="at")
    closes = contacts.drop_nulls([ROW, "closed_at"])
    closes = closes.select(ROW, "customer", "reason", at="closed_at")
    # Most never come again: only the others are worth sorting.
    last = came.group_by("customer").agg(last=pl.col("at").max())
    closes = closes.join(last, on="customer").filter(pl.col("last") > pl.col("at")).drop("last")
    came = came.join(closes.select("customer").unique(), on="customer", how="semi")
    has_reason = pl.col("reason") != NO_REASON
    events = [
        came,
        came.with_columns(reason=pl.lit(ANY_REASON, pl.Int64)),
        closes.filter(has_reason),
        closes.filter(has_reason).with_columns(reason=pl.lit(NO_REASON, pl.Int64)),
        closes.filter(~has_reason).with_columns(reason=pl.lit(ANY_REASON, pl.Int64)),
    ]
    is_contact = pl.col("next").is_not_null()
    again = (
        pl.concat(events, how="diagonal")
        .select(ROW, "next", "at", matter=pl.struct("customer", "reason").hash())
        # A contact at the very moment of a close is none after it.
        .sort("matter", "at", ROW, nulls_last=False)
        .with_columns(
            pl.col("next").backward_fill(),
            then=pl.when(is_contact).then("matter").backward_fill(),
        )
        .drop_nulls(ROW)
        .filter(pl.col("then") == pl.col("matter"))
        .group_by(ROW)
        .agg(pl.col("next").min().alias(AGAIN))
    )
    known = contacts.drop_nulls(ROW).select(ROW, pl.lit(value=True).alias(IS_KNOWN))
    table = tables.derived("conversations", rules)
    columns = (
        table.lazy()
        .select(pl.int_range(pl.len(), dtype=pl.UInt32).alias(ROW))
        .join(again, on=ROW, how="left", maintain_order="left")
        .join(known, on=ROW, how="left", maintain_order="left")
        .select(pl.col(AGAIN).cast(INSTANT), pl.col(IS_KNOWN).fill_null(value=False))
        .collect()
    )
    return table.with_columns(columns)
