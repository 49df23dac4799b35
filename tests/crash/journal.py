"""What the jobs themselves wrote about their runs (job.sh)."""
import collections
import dataclasses


@dataclasses.dataclass(frozen=True)
class Line:
    kind: str  # start, overlap, end
    task: int
    execution: int
    attempt: int
    pid: int
    born: int  # ticks since boot
    at: float  # seconds since boot
    word: str = ""  # start: the nominal time or upstream:EXECUTION; overlap: EXECUTION.ATTEMPT that still lives; end: the exit code

    @property
    def key(self):
        return self.execution, self.attempt


def read_line(text):
    words = text.split(" ")
    kind, numbers, at = words[0], [int(word) for word in words[1:6]], float(words[6])
    return Line(kind, *numbers, at, words[7] if len(words) > 7 else "")


class Journal:
    """Follows the file: `refresh` reads what was added since."""

    def __init__(self, path):
        self.path = path
        self.lines = []
        self.starts = collections.defaultdict(list)  # (execution, attempt) -> lines
        self.ends = collections.defaultdict(list)
        self.overlaps = []
        self.offset_ = 0

    def refresh(self):
        try:
            with open(self.path, "rb") as file:
                file.seek(self.offset_)
                added = file.read()
        except FileNotFoundError:
            return self
        added = added[:added.rfind(b"\n") + 1]
        self.offset_ += len(added)
        for text in added.decode().splitlines():
            self.add(read_line(text))
        return self

    def add(self, line):
        self.lines.append(line)
        if line.kind == "start":
            self.starts[line.key].append(line)
        elif line.kind == "end":
            self.ends[line.key].append(line)
        else:
            self.overlaps.append(line)
