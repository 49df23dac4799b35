"""The list of rights (rights.txt), and how a path may be spelt."""
import pathlib

RIGHTS = ("anyone", "signed_in", "read", "run", "edit", "administer")
LEAST = {"signed_in": "viewer", "read": "viewer", "run": "operator", "edit": "editor", "administer": "admin"}
ROLES = ("viewer", "operator", "editor", "admin")
NOBODYS = "999999999"  # no thing has this id


def read_list():
    lines = []
    for line in (pathlib.Path(__file__).parent / "rights.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            lines.append(tuple(line.split()))
    return lines


def concrete(pattern):
    return "/".join(NOBODYS if part.startswith("{") else part for part in pattern.split("/"))


def may(caller, right):
    if right == "anyone":
        return True
    return caller in ROLES and ROLES.index(caller) >= ROLES.index(LEAST[right])


def rank(pattern, path):
    """How literally a pattern takes a decoded path: '3' literal, '2' parameter, '1' rest; None where it does not."""
    text = ""
    wanted, parts = pattern.split("/")[1:], path.split("/")[1:]
    for at, part in enumerate(wanted):
        if part.endswith("...}"):
            return text + "1" if at < len(parts) else None
        if at >= len(parts):
            return None
        if part.startswith("{"):
            text += "2"
        elif part == parts[at]:
            text += "3"
        else:
            return None
    return text if len(wanted) == len(parts) else None


def right_of(lines, method, path):
    """The right that stands for that decoded path and method; None where the path has none of that method."""
    found = [(rank(pattern, path), right) for name, pattern, right in lines if name == ("GET" if method == "HEAD" else method)]
    found = [entry for entry in found if entry[0] is not None]
    return max(found)[1] if found else None


def is_path(lines, path):
    return any(rank(pattern, path) is not None for _, pattern, _ in lines)


def spellings(path):
    """(target, the path that it stands for or None). None must be answered 404, or 400 where it is no HTTP at all."""
    yield path + "?", path
    yield path + "?x=/healthz", path
    yield path + "?/configs", path
    yield "http://localhost" + path, path
    if path == "/":
        for bad in ("//", "/.", "/..", "/%2e", "/%2f", "/%00", "/\\", "/%c0%af", "*", "localhost"):
            yield bad, None
        return
    yield path.upper(), path.upper()
    for more in (";", ";x=y", ".json", "/configs", "/healthz", "/login", "/assets", "%3b", "%253b"):
        yield path + more, (path + more).replace("%3b", ";").replace("%253b", "%3b")
    for before in ("/healthz", "/api", "/open", "/ui", "/login", "/public"):
        yield before + path, before + path
    first = f"/%{ord(path[1]):02x}{path[2:]}"
    for bad in ("/" + path, path + "/", path + "//", "/." + path, "/x/.." + path, path + "/.", path + "/..", "/%2e" + path,
                "/%2e%2e" + path, "/healthz/.." + path, "/healthz/%2e%2e" + path, "/healthz/..%2f" + path[1:], first,
                path + "%2f", path + "%00", path + "%0a", path + "%0d%0aX:y", path + "%5c", path + "\\", path + "%", path + "%2",
                path + "%zz", path + "#", path + "#/healthz", "/%c0%ae%c0%ae" + path, "/%c0%af" + path[1:], path + "%c0%80",
                path + "%ff", path + "%7f", path[1:], "\\" + path[1:], "/..;" + path + "/..", path + "\udcc0\udcae", path + "\0",
                path + "\t"):
        yield bad, None
    if "/" in path[1:]:
        for slash in ("//", "%2f", "%2F", "\\", "%5c", "/./", "/x/../"):
            yield path[0] + path[1:].replace("/", slash), None
