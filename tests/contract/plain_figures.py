"""Every figure of a week in plain Python, straight from the vendors' own objects.

Nothing of Vigia is used here: a mistake shared with it would cancel out. The rules are those of
the documentation of each metric; times of day are those of `zone`.
"""

import math
import statistics
from datetime import datetime, timedelta

LOST = {"voicemail", "abandoned", "not_answered"}


def quantile(values, share):
    """Linear interpolation between the two neighbours."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low, high = math.floor(place), math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def count(number):
    return {"value": number, "n": number}


def share(flags):
    flags = list(flags)
    return {"value": sum(flags) / len(flags) if flags else None, "n": len(flags)}


def mean(values):
    return {"value": statistics.fmean(values) if values else None, "n": len(values)}


def duration(values):
    if not values:
        return {"value": None, "n": 0}
    found = {"value": statistics.median(values), "n": len(values), "mean": statistics.fmean(values)}
    found["p90"] = quantile(values, 0.9) if len(values) >= 20 else None
    return found


class Week:
    """The figures of a period.

    Args:
        conversations: Intercom's objects.
        calls: Aircall's objects.
        first: Local midnight at which the period starts.
        last: Local midnight at which it is over.
        team_ids: Teams in scope.
        rules: targets, labels, excluded values and opening hours as plain values.
        tickets: Intercom's objects; the second line is in no team's scope.
    """

    def __init__(self, conversations, calls, first, last, team_ids, rules, tickets=()):
        self.first, self.last = first.timestamp(), last.timestamp()
        self.zone = first.tzinfo
        self.rules = rules
        texts = [c for c in conversations if not self.is_call(c)]
        of_any = [c for c in texts if self.first <= c["created_at"] < self.last]
        # What the AI agent resolves seldom comes to a team.
        own = {None, *map(int, team_ids)}
        self.for_ai = [c for c in of_any if not team_ids or c["team_assignee_id"] in own]
        scoped = [c for c in texts if not team_ids or str(c["team_assignee_id"]) in team_ids]
        self.created = [c for c in scoped if self.first <= c["created_at"] < self.last]
        last_closes = [(c.get("statistics") or {}).get("last_close_at") for c in scoped]
        self.closes = [at for at in last_closes if at and self.first <= at < self.last]
        self.scoped = scoped
        # Leads have no address; a number is whose Aircall's own contacts say it is.
        self.ids = {
            c["source"]["author"]["email"].lower(): c["contacts"]["contacts"][0]["id"]
            for c in conversations
            if c["source"]["author"]["type"] in ("user", "lead") and c["source"]["author"]["email"]
        }
        self.addresses = {
            c["raw_digits"]: c["contact"]["emails"][0]["value"].lower()
            for c in calls
            if c.get("contact")
        }
        self.contacts = [
            *(self.wrote(c) for c in conversations if not self.is_call(c)),
            *(
                {"at": c["started_at"], "who": self.caller(c), "reason": ""}
                for c in calls
                if c["status"] == "done" and c["direction"] == "inbound"
            ),
        ]
        self.rated = [
            c
            for c in scoped
            if (c.get("conversation_rating") or {}).get("rating")
            and self.first <= c["conversation_rating"]["created_at"] < self.last
        ]
        self.tickets = [t for t in tickets if t["category"] == "Back-office"]
        self.calls = [
            c for c in calls if c["status"] == "done" and self.first <= c["started_at"] < self.last
        ]

    @staticmethod
    def is_call(conversation):
        source = conversation.get("source") or {}
        texts = [str(source.get(key) or "") for key in ("body", "url", "subject")]
        texts += [str(a.get("url") or "") for a in source.get("attachments") or []]
        linked = any("assets.aircall.io" in text for text in texts)
        return source.get("type") == "phone_call" or linked

    def wrote(self, conversation):
        """Every customer of the sandbox has one id, one address and one number."""
        who = conversation["contacts"]["contacts"][0]["id"]
        origin = conversation["source"]["delivered_as"]
        statistics = conversation.get("statistics") or {}
        answered = statistics.get("first_contact_reply_at") is not None
        reason = self.attribute(conversation, self.rules["reason"])
        came = origin == "customer_initiated" or answered
        return {"at": conversation["created_at"] if came else 0, "who": who, "reason": reason}

    def caller(self, call):
        address = self.addresses.get(call["raw_digits"])
        return self.ids.get(address, address) or call["raw_digits"]

    def resolved_at_once(self):
        """Whether nobody came again within a week, of those whose week is over."""
        week, found = 7 * 86400, []
        came = {}
        for contact in self.contacts:
            came.setdefault(contact["who"], []).append(contact)
        for one in self.scoped:
            at = (one.get("statistics") or {}).get("last_close_at")
            if one["state"] != "closed" or not at or not self.first <= at < self.last:
                continue
            if at + week <= self.rules["now"]:
                wrote = self.wrote(one)
                found.append(
                    not any(
                        at < other["at"] <= at + week
                        and (not wrote["reason"] or other["reason"] in ("", wrote["reason"]))
                        for other in came.get(wrote["who"], ())
                    )
                )
        return found

    def attribute(self, conversation, label):
        value = (conversation.get("custom_attributes") or {}).get(label)
        return "" if value is None else str(value).strip()

    def figures(self):
        second = self.second_line()
        return {**self.text(), **self.ratings(), **self.ai_agent(), **self.voice(), **second}

    def text(self):
        created, rules = self.created, self.rules
        closed = [c for c in created if c["state"] == "closed"]
        stats = [(c, c.get("statistics") or {}) for c in created]
        first = [
            s["first_admin_reply_at"] - (s.get("first_contact_reply_at") or c["created_at"])
            for c, s in stats
            if s.get("first_admin_reply_at")
        ]
        first = [seconds for seconds in first if seconds >= 0]
        close = [
            s["last_close_at"] - c["created_at"]
            for c, s in stats
            if c["state"] == "closed" and s.get("last_close_at")
        ]
        first_close = [
            s["first_close_at"] - c["created_at"] for c, s in stats if s.get("first_close_at")
        ]
        reopened = [
            s["count_reopens"] > 0
            for c, s in stats
            if c["state"] == "closed" and s.get("count_reopens") is not None
        ]
        again = [
            s["last_close_at"] - s["first_close_at"]
            for c, s in stats
            if c["state"] == "closed"
            and (s.get("count_reopens") or 0) > 0
            and s.get("last_close_at")
            and s.get("first_close_at")
        ]
        rated = [(c.get("conversation_rating") or {}).get("rating") is not None for c in closed]
        eligible = [c for c in closed if not self.is_excluded(c)]
        sla = [(c.get("sla_applied") or {}).get("sla_status") for c in created]
        telling = rules["telling_labels"]
        return {
            "conversations": count(len(created)),
            "conversations_closed": count(len(closed)),
            "closes": count(len(self.closes)),
            "conversations_resolved": count(
                sum(self.attribute(c, rules["status"]) == rules["resolved"] for c in created)
            ),
            "first_response_time": duration(first),
            "time_to_close": duration(close),
            "time_to_first_close": duration(first_close),
            "first_response_within_target": share(s <= rules["first_response"] for s in first),
            "close_within_target": share(s <= rules["close"] for s in close),
            "reopen_rate": share(reopened),
            "first_contact_resolution": share(self.resolved_at_once()),
            "reopen_price": duration([seconds for seconds in again if seconds >= 0]),
            "csat_response_rate": share(rated),
            "classification_rate": share(
                bool(self.attribute(c, rules["reason"])) for c in eligible
            ),
            "sla_hit_rate": share(word == "hit" for word in sla if word in ("hit", "missed")),
            "conversations_merged": count(sum(map(self.is_merged, created))),
            "complex_conversations": count(
                sum(sum(bool(self.attribute(c, label)) for label in telling) >= 2 for c in created)
            ),
        }

    def is_excluded(self, conversation):
        for label, values in self.rules["excluded"].items():
            word = self.attribute(conversation, label).casefold()
            if word in [str(value).casefold() for value in values]:
                return True
        return self.is_merged(conversation)

    def is_merged(self, conversation):
        attributes = conversation.get("custom_attributes") or {}
        names = [tag["name"].lower() for tag in conversation["tags"]["tags"]]
        tagged = any("merged" in name or "duplic" in name for name in names)
        return conversation["state"] == "closed" and (attributes.get("Merged") is True or tagged)

    def second_line(self):
        created = [t for t in self.tickets if self.first <= t["created_at"] < self.last]
        ended = [(t, self.ended_at(t)) for t in self.tickets if not t["open"]]
        ended = [(t, at) for t, at in ended if self.first <= at < self.last]
        return {
            "tickets_created": count(len(created)),
            "tickets_resolved": count(len(ended)),
            "ticket_completion": share(not t["open"] for t in created),
            "ticket_resolution_time": duration([at - t["created_at"] for t, at in ended]),
        }

    @staticmethod
    def ended_at(ticket):
        return max(
            part["created_at"]
            for part in ticket["ticket_parts"]["ticket_parts"]
            if part.get("ticket_state") == "resolved"
        )

    def ratings(self):
        scores = [c["conversation_rating"]["rating"] for c in self.rated]
        return {
            "csat_average": mean(scores),
            "csat_score": share(score >= 4 for score in scores),
            "csat_adjusted": share(score >= 4 for score in scores if score != 3),
            "dsat_score": share(score <= 2 for score in scores),
        }

    def ai_agent(self):
        """A customer who disliked its answer is one who left, before version 2.15."""
        involved = [c for c in self.for_ai if c["ai_agent_participated"]]
        states = [(c["ai_agent"] or {}).get("resolution_state") for c in involved]
        scores = [(c["ai_agent"] or {}).get("rating") for c in involved]
        scores = [score for score in scores if score]
        handed = [c for c in involved if self.is_handed_over(c)]
        waits = []
        for c in handed:
            s = c["statistics"]
            assigned, replied = s["first_assignment_at"], s["first_admin_reply_at"]
            if assigned and replied:
                waits.append(replied - max(assigned, s["first_contact_reply_at"] or assigned))
        resolved = ("confirmed_resolution", "assumed_resolution")
        return {
            "ai_involved": share(c["ai_agent_participated"] for c in self.for_ai),
            "ai_resolved": share(state in resolved for state in states),
            "ai_handed_over": count(len(handed)),
            "ai_csat_score": share(score >= 4 for score in scores),
            "ai_csat_average": mean(scores),
            "response_after_handover": duration([wait for wait in waits if wait >= 0]),
        }

    @staticmethod
    def is_handed_over(conversation):
        state = (conversation["ai_agent"] or {}).get("resolution_state")
        return bool(
            conversation["statistics"]["first_admin_reply_at"]
            or conversation["admin_assignee_id"]
            or state in ("escalated", "procedure_handoff")
            or (state == "negative_feedback" and conversation["state"] != "closed")
        )

    def voice(self):
        inbound = [c for c in self.calls if c["direction"] == "inbound"]
        outbound = [c for c in self.calls if c["direction"] == "outbound"]
        answered = [c for c in inbound if c["answered_at"]]
        missed = [c for c in inbound if not c["answered_at"]]
        lost = [c for c in missed if self.outcome(c) in LOST]
        target = self.rules["service_level"]
        waits = [c["answered_at"] - c["started_at"] for c in answered if c["answered_at"]]
        gave_up = [c for c in lost if c["ended_at"] - c["started_at"] > target]
        out_answered = [c for c in outbound if c["answered_at"]]
        return {
            "calls_inbound": count(len(inbound)),
            "calls_answered": count(len(answered)),
            "calls_missed": count(len(missed)),
            "calls_rung": count(sum("user" in c for c in missed)),
            "loss_rate": share([True] * len(lost) + [False] * len(answered)),
            "calls_outbound": count(len(outbound)),
            "calls_outbound_answered": count(len(out_answered)),
            "time_to_answer": duration(waits),
            "talk_time": duration(
                [c["ended_at"] - c["answered_at"] for c in answered if c["answered_at"]]
            ),
            "talk_time_outbound": duration(
                [c["ended_at"] - c["answered_at"] for c in out_answered]
            ),
            "service_level": share([wait <= target for wait in waits] + [False] * len(gave_up)),
        }

    def outcome(self, call):
        reason = call["missed_call_reason"]
        if reason == "out_of_opening_hours":
            return "break" if self.is_open(call["started_at"]) else "out_of_hours"
        if reason == "short_abandoned":
            return "short_abandon"
        if call.get("voicemail"):
            return "voicemail"
        if reason.startswith("abandoned"):
            return "abandoned"
        return (
            "not_answered" if reason in ("agents_did_not_answer", "no_available_agent") else "other"
        )

    def is_open(self, instant):
        local = datetime.fromtimestamp(instant, self.zone)
        return local.weekday() < 5 and 9 <= local.hour < 18


def missed_parts(week):
    """Missed calls by outcome."""
    found = {}
    for call in week.calls:
        if call["direction"] == "inbound" and call["missed_call_reason"] is not None:
            word = week.outcome(call)
            found[word] = found.get(word, 0) + 1
    return found


def days_before(midnight, days):
    """Local midnight that many days earlier."""
    day = midnight.date() - timedelta(days=days)
    return datetime(day.year, day.month, day.day, tzinfo=midnight.tzinfo)
