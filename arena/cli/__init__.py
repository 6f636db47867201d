"""The command line: every command asks the session and answers with text, or with one JSON document."""
