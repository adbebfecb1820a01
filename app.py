"""Starts the web app; the file that a Hugging Face Space runs."""

import os

from proportion.ui.page import launch

if __name__ == "__main__":
    # Spaces and containers say where to listen through Gradio's own variables.
    launch(
        host=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"),
        port=int(os.environ.get("GRADIO_SERVER_PORT", "7860")),
    )
