# SPDX-License-Identifier: PostgreSQL
"""Mutants of tables: rows, conditions and alternatives of the rules; steps of the moves."""
import re
from typing import NamedTuple


class Row(NamedTuple):
    name: str
    first: int  # tokens, the comma not included
    last: int
    fields: dict  # of .when: name: (first, last)


def find_table(source, name):
    """The first and last token between the braces of the initialiser of array NAME, or None."""
    for i, token in enumerate(source.tokens):
        if token.text == name and i not in source.function and source[i + 1] == "[":
            while source[i] != "{":
                i += 1
            return i + 1, source.partner[i] - 1
    return None


def find_members(source, first, last):
    """.name = value: {name: span of the value}."""
    members = {}
    for begin, end in source.parts(first, last, ","):
        if source[begin] == ".":
            members[source[begin + 1]] = (begin + 3, end)
    return members


def find_rows(source):
    table = find_table(source, "rules")
    rows = []
    for first, last in source.parts(*table, ",") if table else []:
        members = find_members(source, first + 1, last - 1)
        when = members.get("when")
        fields = find_members(source, when[0] + 1, when[1] - 1) if when else {}
        rows.append(Row(source[members["name"][0]].strip('"'), first, last, fields))
    return rows


def split_macro(source, name):
    """What a macro stands for as a list, with or without brackets around."""
    start, end = source.macros[name]
    text = source.text[start:end]
    return [part.strip() for part in re.split(r"[|,]", re.sub(r"^\((.*)\)$", r"\1", text))]


def values(source, span):
    """The set that a condition allows, each value as text."""
    found = set()
    for part in source.parts(*span, "|"):
        text = source.span(*part)
        found.update(split_macro(source, text) if text in source.macros else [text])
    return found


def without(parts, i):
    return [part for k, part in enumerate(parts) if k != i]


def conditions(source):
    for row in find_rows(source):
        for name, span in row.fields.items():
            value = source.span(*span)
            yield source.mutant(row.name, f"without .{name} = {value}", *span, "0")
            parts = [source.span(*part) for part in source.parts(*span, "|")]
            for i, part in enumerate(parts if len(parts) > 1 else []):
                yield source.mutant(row.name, f".{name} not {part}", *span, " | ".join(without(parts, i)))


def macros(source):
    """Alternatives that have a name of their own."""
    for name, (start, end) in source.macros.items() if find_rows(source) else ():
        parts = split_macro(source, name)
        for i, part in enumerate(parts if "|" in source.text[start:end] else []):
            yield source.mutant_at(name, f"not {part}", start, end, "(" + " | ".join(without(parts, i)) + ")")


def rows(source):
    found = find_rows(source)
    for row in found[:-1]:
        yield source.mutant(row.name, "without this row", row.first, row.last + 1, "")
    for row, after in zip(found, found[1:]):
        common = row.fields.keys() & after.fields.keys()
        if all(values(source, row.fields[f]) & values(source, after.fields[f]) for f in common):
            swapped = source.span(after.first, after.last) + ", " + source.span(row.first, row.last)
            yield source.mutant(row.name, f"after {after.name}", row.first, after.last, swapped)


def plans(source):
    """Each step of each move left out, or taken before the one before it."""
    table = find_table(source, "plans")
    for first, last in source.parts(*table, ",") if table else []:
        move, begin = source[first + 1], first + 5  # [MOVE] = { STEP, ... }
        steps = []
        for part in source.parts(begin, last - 1, ","):
            text = source.span(*part)
            steps += split_macro(source, text) if text in source.macros else [text]
        for i, step in enumerate(steps[:-1]):
            yield source.mutant(move, f"without {step}", begin, last - 1, ", ".join(without(steps, i)))
            if i > 0:
                swapped = steps[:i - 1] + [step, steps[i - 1]] + steps[i + 1:]
                yield source.mutant(move, f"{step} before {steps[i - 1]}", begin, last - 1, ", ".join(swapped))


MAKERS = [conditions, macros, rows, plans]
