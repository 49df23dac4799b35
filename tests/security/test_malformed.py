"""Malformed requests get 4xx or a closed connection, cost no memory, and hinder nobody. `malformed.py` sends as many as one likes."""
import malformed


def test_five_thousand_malformed_requests(server):
    malformed.attack(server.port, 1000, seed=7)  # first, what is kept for ever is made
    counted, wrong, memory = malformed.attack(server.port, 5000, seed=1, pid=server.process.pid)
    assert wrong == []
    assert sum(count for status, count in counted.items() if status in (400, 401, 404, 405, 413, 414, 415, 421, 422, 431)) > 4000, counted
    assert memory[-1][1] - memory[0][1] < 8 * 1024, memory
    log = open(server.folder + "/stderr.log").read()
    assert "ERROR" not in log.upper().replace("ERRORS", ""), log[-2000:]
