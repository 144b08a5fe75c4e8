"""What happens when something is killed: real processes, real clients, and a reckoning afterwards.

Everything runs on loopback and belongs to the tests: a PostgreSQL cluster (cluster.py), granian and
the workers (processes.py), Redis, an SMTP server (tests/smtp.py). A crowd signs, confirms, withdraws
and reads the number (crowd.py) and writes down what it was answered (journal.py). After the fault
the journal is compared with the rows (reckoning.py). Asked for by `pytest -m faults`.
"""
