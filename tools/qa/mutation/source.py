# SPDX-License-Identifier: PostgreSQL
"""A C source as far as mutants need it: tokens, brackets, and the function that a token stands in."""
import re
from typing import NamedTuple

TOKEN = re.compile(r"""
    (?P<directive> ^\#(?:[^\n]*\\\n)*[^\n]* )
  | (?P<blank>     /\*.*?\*/ | \s+ )
  | (?P<string>    "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' )
  | (?P<word>      \w+ )
  | (?P<operator>  <<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|. )
""", re.X | re.S | re.M)

OPEN = {"(": ")", "[": "]", "{": "}"}
CLOSE = set(OPEN.values())
# Where an operand ends: the operators of each step bind weaker than those of the next one.
ASSIGN = {"=", "+=", "-=", "*=", "/=", "|=", "&=", "^=", "return", ",", ";"}
STEPS = [ASSIGN, {"?", ":"}, {"||"}, {"&&"}, {"|"}, {"&"}, {"<", "<=", ">", ">=", "==", "!="}, {"+", "-"}]


def stops(operator):
    """What ends an operand of OPERATOR."""
    found = set()
    for step in STEPS:
        found |= step
        if operator in step:
            break
    return found


class Token(NamedTuple):
    text: str
    start: int
    end: int


class Mutant(NamedTuple):
    path: str   # from the root of the project
    line: int
    where: str  # function, or row of a table
    what: str   # what is changed, on one line
    start: int  # the characters that NEW replaces
    end: int
    new: str

    @property
    def name(self):
        """The same as long as the place itself does not change."""
        return f"{self.path} {self.where}: {self.what}"

    def apply(self, text):
        old = text[self.start:self.end]
        lines_kept = "\n" * (old.count("\n") - self.new.count("\n"))  # asserts hold line numbers
        return text[:self.start] + self.new + lines_kept + text[self.end:]


def one_line(text):
    return " ".join(text.split())


class Source:
    def __init__(self, root, path):
        self.path = str(path.relative_to(root))
        self.text = path.read_text()
        self.tokens = []
        self.macros = {}  # name: (start, end) of the replacement
        for match in TOKEN.finditer(self.text):
            if match.lastgroup == "directive":
                self._take_directive(match)
            elif match.lastgroup != "blank":
                self.tokens.append(Token(match[0], match.start(), match.end()))
        self.partner = self._pair_brackets()
        self.function = self._find_functions()
        self.asserted = self._find_asserts()

    def _take_directive(self, directive):
        define = re.match(r"#define\s+(\w+)\s+(\S.*)", directive[0], re.S)
        if define:
            self.macros[define[1]] = (directive.start() + define.start(2), directive.end())

    def _pair_brackets(self):
        partner, opened = {}, []
        for i, token in enumerate(self.tokens):
            if token.text in OPEN:
                opened.append(i)
            elif token.text in CLOSE:
                partner[i] = opened.pop()
                partner[partner[i]] = i
        return partner

    def _find_functions(self):
        """Index of a token: name of the function in whose body it stands."""
        function, i = {}, 0
        while i < len(self.tokens):
            end = self.partner[i] if self[i] in OPEN else i
            if self[i] == "{" and i > 0 and self[i - 1] == ")":
                name = self[self.partner[i - 1] - 1]
                function.update((k, name) for k in range(i, end + 1))
            i = end + 1
        return function

    def _find_asserts(self):
        asserted = set()
        for i, token in enumerate(self.tokens):
            if token.text in ("assert", "_Static_assert"):
                asserted.update(range(i, self.partner[i + 1] + 1))
        return asserted

    def __getitem__(self, i):
        return self.tokens[i].text

    def code(self):
        """Indexes of the tokens that do something: not those of asserts, nor of functions that give a name."""
        return [i for i, name in self.function.items() if not name.endswith("_name") and i not in self.asserted]

    def until(self, i, step, ends):
        """The last token from I on, in direction STEP, before one of ENDS or the end of the brackets around it."""
        leaving, entering = (CLOSE, OPEN) if step > 0 else (OPEN, CLOSE)
        while self[i] not in ends and self[i] not in leaving:
            i = (self.partner[i] if self[i] in entering else i) + step
        return i - step

    def parts(self, first, last, separator):
        """The spans between SEPARATOR tokens from FIRST to LAST, which is a list in brackets without the brackets."""
        spans = []
        while first <= last:
            end = min(self.until(first, 1, {separator}), last)
            spans.append((first, end))
            first = end + 2
        return spans

    def is_binary(self, i):
        """Is this operator, which may also be a unary one, a binary one?"""
        before = self[i - 1]
        return before in (")", "]") or (before != "return" and (before[0].isalnum() or before[0] == "_"))

    def span(self, first, last):
        return self.text[self.tokens[first].start:self.tokens[last].end]

    def mutant(self, where, what, first, last, new):
        """Tokens FIRST to LAST are replaced by NEW."""
        return self.mutant_at(where, what, self.tokens[first].start, self.tokens[last].end, new)

    def mutant_at(self, where, what, start, end, new):
        line = self.text.count("\n", 0, start) + 1
        return Mutant(self.path, line, where, one_line(what), start, end, new)
