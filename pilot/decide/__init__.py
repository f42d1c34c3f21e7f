"""From completed runs to what leadership reads."""
