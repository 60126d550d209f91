"""Lists of keys in a query: `pk__in=[…]` sends them as one parameter, however many they are.

Django sends each as a parameter of its own. PostgreSQL takes 65,535 of them and SQLite 250,000, and
to write a thousand into the statement takes longer than to run it.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import ForeignObject, IntegerField
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In

FORMS = {
    "postgresql": ("{column} = ANY(CAST(%s AS BIGINT[]))", "{{{}}}"),
    "sqlite": ("{column} IN (SELECT value FROM JSON_EACH(%s))", "[{}]"),
}
BITS = 63  # of a key, without its sign


class _OneParameter(In):
    """Applies where a whole number is compared with whole numbers; whatever else is in a list goes
    Django's way."""

    def get_prep_lookup(self) -> Any:
        return self.rhs if self._holds_keys() else super().get_prep_lookup()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        if not self._holds_keys():
            return super().as_sql(compiler, connection)
        column, parameters = self.process_lhs(compiler, connection)
        condition, array = FORMS[connection.vendor]
        possible = (str(key) for key in dict.fromkeys(self.rhs) if key.bit_length() <= BITS)
        return condition.format(column=column), (*parameters, array.format(",".join(possible)))

    def _holds_keys(self) -> bool:
        field = self.lhs.output_field
        if not (isinstance(self.rhs, Collection) and self.rhs):
            return False
        if not isinstance(getattr(field, "target_field", field), IntegerField):
            return False
        return all(type(key) is int for key in self.rhs)


@IntegerField.register_lookup
class KeysIn(_OneParameter):
    """Of a column of whole numbers."""


@ForeignObject.register_lookup
class RelatedKeysIn(_OneParameter, RelatedIn):
    """Of a column that refers to another table."""
