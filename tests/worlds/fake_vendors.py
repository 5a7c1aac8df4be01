"""Two vendors in memory, with the methods of the clients; they fail on command."""

from services.errors import NotFoundError
from services.vendors.pages import Page

PAGE = 5


class FakeVendor:
    warning = None

    def __init__(self):
        self.failure = None
        self.requests = 0
        self.on_request = lambda: None

    def asked(self):
        self.requests += 1
        self.on_request()
        if self.failure is not None:
            raise self.failure

    def count_recent_requests(self):
        return self.requests

    def count_outcomes(self):
        return {"ok": self.requests}

    def pages(self, rows):
        chunks = [rows[i : i + PAGE] for i in range(0, len(rows), PAGE)] or [[]]
        for number, chunk in enumerate(chunks, 1):
            self.asked()
            yield Page([dict(row) for row in chunk], len(rows), number, len(chunks))

    def page_of(self, rows, matches, cursor):
        """Oldest creation first, and the next page's cursor."""
        self.asked()
        found = [row for row in rows.values() if matches(row)]
        found.sort(key=lambda row: (row["created_at"], row["id"]))
        start = int(cursor or 0)
        following = str(start + PAGE) if start + PAGE < len(found) else None
        return [dict(row) for row in found[start : start + PAGE]], following


def is_older(before, since):
    return lambda row: row["created_at"] < before and row["updated_at"] >= since


class FakeIntercom(FakeVendor):
    answered_version = "2.14"

    def __init__(self):
        super().__init__()
        self.rows = {}
        self.tickets = {}
        self.deleted = {}
        self.tickets_failure = None
        self.ticket_requests = 0
        self.app = {"id_code": "app1", "name": "Workspace"}
        self.people = [
            {"id": "1", "name": "Ana", "email": "ana@example.com", "away_mode_enabled": False}
        ]

    def put(self, conversation_id, created_at, updated_at=None, **fields):
        self.rows[str(conversation_id)] = {
            "id": str(conversation_id),
            "created_at": int(created_at),
            "updated_at": int(updated_at or created_at),
            "state": "closed",
            "admin_assignee_id": 1,
            **fields,
        }

    def put_ticket(self, ticket_id, created_at, updated_at=None, **fields):
        self.tickets[str(ticket_id)] = {
            "id": str(ticket_id),
            "created_at": int(created_at),
            "updated_at": int(updated_at or created_at),
            "category": "Back-office",
            "ticket_state": {"category": "in_progress", "internal_label": "Em análise"},
            "open": True,
            **fields,
        }

    def asked_for_tickets(self):
        self.ticket_requests += 1
        if self.tickets_failure is not None:
            self.requests += 1
            raise self.tickets_failure

    def list_updated_tickets(self, since, until=None, scope=None):
        self.asked_for_tickets()
        found = [
            row
            for row in self.tickets.values()
            if row["updated_at"] >= since and (until is None or row["updated_at"] <= until)
        ]
        yield from self.pages(sorted(found, key=lambda row: (row["updated_at"], row["id"])))

    def list_open_tickets(self, scope=None):
        self.asked_for_tickets()
        found = [row for row in self.tickets.values() if row["open"]]
        yield from self.pages(sorted(found, key=lambda row: row["updated_at"]))

    def get_open_tickets_page(self, cursor, scope=None):
        self.asked_for_tickets()
        return self.page_of(self.tickets, lambda row: row["open"], cursor)

    def get_created_tickets_page(self, since, until, cursor, scope=None):
        self.asked_for_tickets()
        return self.page_of(self.tickets, lambda row: since <= row["created_at"] <= until, cursor)

    def get_older_tickets_page(self, before, since, cursor, scope=None):
        self.asked_for_tickets()
        return self.page_of(self.tickets, is_older(before, since), cursor)

    def get_ticket(self, ticket_id):
        self.asked_for_tickets()
        self.asked()
        if ticket_id not in self.tickets:
            raise NotFoundError("gone")
        return dict(self.tickets[ticket_id])

    def get_me(self):
        self.asked()
        return {"app": dict(self.app)}

    def list_admins(self):
        self.asked()
        return [dict(person) for person in self.people]

    def list_teams(self):
        self.asked()
        return [{"id": "7", "name": "Suporte"}]

    def list_away_status_reasons(self):
        self.asked()
        return []

    def list_conversation_attributes(self):
        self.asked()
        return [{"name": "Motivo", "label": "Motivo"}]

    def list_updated_conversations(self, since, until=None):
        found = [
            row
            for row in self.rows.values()
            if row["updated_at"] >= since and (until is None or row["updated_at"] <= until)
        ]
        yield from self.pages(sorted(found, key=lambda row: (row["updated_at"], row["id"])))

    def list_conversations_in_state(self, state):
        found = [row for row in self.rows.values() if row["state"] == state]
        yield from self.pages(sorted(found, key=lambda row: row["updated_at"]))

    def get_state_page(self, state, cursor):
        return self.page_of(self.rows, lambda row: row["state"] == state, cursor)

    def get_created_page(self, since, until, cursor):
        return self.page_of(self.rows, lambda row: since <= row["created_at"] <= until, cursor)

    def get_older_page(self, before, since, cursor):
        return self.page_of(self.rows, is_older(before, since), cursor)

    def get_deleted_page(self, cursor):
        self.asked()
        rows = [{"id": key, "deleted_at": at} for key, at in self.deleted.items()]
        return sorted(rows, key=lambda row: -row["deleted_at"]), None

    def get_conversation(self, conversation_id):
        self.asked()
        if conversation_id not in self.rows:
            raise NotFoundError("gone")
        return dict(self.rows[conversation_id])


class FakeAircall(FakeVendor):
    def __init__(self):
        super().__init__()
        self.rows = {}
        self.people = [{"id": 11, "name": "Ana", "email": "ana@example.com"}]
        self.words = {"11": "available"}
        self.lines = [{"id": 31, "name": "Suporte", "digits": "+55 11 4000-0000"}]

    def put(self, call_id, started_at, **fields):
        self.rows[call_id] = {
            "id": call_id,
            "started_at": int(started_at),
            "status": "done",
            "direction": "inbound",
            **fields,
        }

    def get_users_page(self, number):
        return self.listed(self.people, number)

    def get_numbers_page(self, number):
        return self.listed(self.lines, number)

    def listed(self, rows, number):
        self.asked()
        chunk = rows[(number - 1) * 50 : number * 50]
        return Page([dict(row) for row in chunk], len(rows), number, max(1, -(-len(rows) // 50)))

    def get_availabilities(self):
        for _ in range(-(-len(self.people) // 50)):
            self.asked()
        return dict(self.words)

    def list_calls(self, since, until):
        found = [row for row in self.rows.values() if since <= row["started_at"] <= until]
        yield from self.pages(sorted(found, key=lambda row: row["started_at"]))

    def get_calls_page(self, since, until, page):
        found = [row for row in self.rows.values() if since <= row["started_at"] <= until]
        found.sort(key=lambda row: row["started_at"])
        self.asked()
        pages = max(1, -(-len(found) // PAGE))
        chunk = found[(page - 1) * PAGE : page * PAGE]
        return Page([dict(row) for row in chunk], len(found), page, pages)

    def get_call(self, call_id):
        self.asked()
        if int(call_id) not in self.rows:
            raise NotFoundError("gone")
        return dict(self.rows[int(call_id)])
