"""The web page: joint editor, panels and the texts of every language."""
