# SPDX-License-Identifier: PostgreSQL
"""Mutants of functions: what is compared, combined, decided and done."""
from .source import stops

WEAKER = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
NO_STATEMENT = {"return", "break", "continue", "case", "default", "if", "for", "while", "switch", "else", "do",
                "const", "struct", "enum", "static", "unsigned"}


def operands(source, i):
    """The first and the last token of the operation whose operator is token I."""
    ends = stops(source[i])
    return source.until(i - 1, -1, ends), source.until(i + 1, 1, ends)


def connectives(source):
    """Each operand of && || & | + left out."""
    for i in source.code():
        operator = source[i]
        if operator not in ("&&", "||", "&", "|", "+") or not source.is_binary(i):
            continue
        first, last = operands(source, i)
        where = source.function[i]
        left, right = source.span(first, i - 1), source.span(i + 1, last)
        if source[first - 1] != operator:  # else it is the right one of the operator before
            yield source.mutant(where, f"without {left} {operator}", first, i, "")
        yield source.mutant(where, f"without {operator} {right}", i, last, "")


def factors(source):
    """Each literal factor and divisor left out."""
    for i in source.code():
        if source[i] in ("*", "/") and source[i + 1].isdigit():
            what, first, last = source.span(source.until(i - 1, -1, stops("+")), i + 1), i, i + 1
        elif source[i] == "*" and source[i - 1].isdigit():
            what, first, last = source.span(i - 1, source.until(i + 1, 1, stops("+"))), i - 1, i
        else:
            continue
        yield source.mutant(source.function[i], f"{what} without {source.span(first, last)}", first, last, "")


def comparisons(source):
    """Each one weakened and negated; but how far a loop goes is no decision."""
    heads = loop_heads(source)
    for i in source.code():
        operator = source[i]
        if operator not in NEGATED or any(first <= i <= last for first, last in heads):
            continue
        first, last = operands(source, i)
        left, right = source.span(first, i - 1), source.span(i + 1, last)
        for other in filter(None, (WEAKER.get(operator), NEGATED[operator])):
            yield source.mutant(source.function[i], f"{left} {operator} {right} is {other}", i, i, other)


def instants(source):
    """instant_before() is a comparison, too; instant_later() a choice."""
    for i in source.code():
        if source[i] not in ("instant_before", "instant_later"):
            continue
        end = source.partner[i + 1]
        where, call = source.function[i], source.span(i, end)
        first, second = (source.span(*part) for part in source.parts(i + 2, end - 1, ","))
        if source[i] == "instant_later":
            for argument in first, second:
                yield source.mutant(where, f"{call} is {argument}", i, end, argument)
        else:
            yield source.mutant(where, f"{call} or at once", i, end, f"(!instant_before({second}, {first}))")
            yield source.mutant(where, f"not {call}", i, end, f"(!{call})")


def negations(source):
    for i in source.code():
        if source[i] == "!" and source[i + 1] != "instant_before":
            last = source.until(i + 1, 1, stops("+"))
            yield source.mutant(source.function[i], f"{source.span(i, last)} without !", i, i, "")


def loop_heads(source):
    """The condition of each for."""
    heads = []
    for i in source.code():
        if source[i] == "for":
            _, condition, _ = source.parts(i + 2, source.partner[i + 1] - 1, ";")
            heads.append(condition)
    return heads


def branches(source):
    """What is done under a condition or in a loop is not done; of a choice always the same is chosen."""
    for first, last in loop_heads(source):
        yield source.mutant(source.function[first], f"no loop {source.span(first, last)}", first, last, "0")
    for i in source.code():
        where = source.function[i]
        if source[i] == "if":
            end = source.partner[i + 1]
            yield source.mutant(where, f"never {source.span(i, end)}", i + 2, end - 1, "0")
        elif source[i] == "case":
            colon = source.until(i, 1, {":"}) + 1
            yield source.mutant(where, f"without {source.span(i, colon)}", i, colon, "")
        elif source[i] == "?":
            first = source.until(i - 1, -1, stops("?"))
            yield source.mutant(where, f"never {source.span(first, i)}", first, i - 1, "0")
            yield source.mutant(where, f"always {source.span(first, i)}", first, i - 1, "1")


def statements(source):
    """Each assignment and call that stands by itself left out."""
    heads = loop_heads(source)
    labels = {source.until(i, 1, {":"}) + 1 for i in source.code() if source[i] in ("case", "default")}
    for i in source.code():
        if not (source[i - 1] in (";", "{", "}") or i - 1 in labels) or not is_statement(source, i):
            continue
        if any(first == i for first, _ in heads):
            continue
        end = source.until(i, 1, {";"}) + 1
        if source[end] == ";":  # else it stands in an initialiser
            yield source.mutant(source.function[i], f"without {source.span(i, end)}", i, end, ";")


def is_statement(source, i):
    """Token I begins an assignment or a call, and neither a declaration nor a keyword's statement."""
    if source[i] == "*":
        return True
    begins = source[i][0].isalpha() and source[i] not in NO_STATEMENT
    return begins and not source[i + 1][0].isalpha() and not (source[i + 1] == "*" and source[i + 2][0].isalpha())


MAKERS = [connectives, factors, comparisons, instants, negations, branches, statements]
