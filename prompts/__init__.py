"""Words for the model: prompt files in Markdown, and the reader that fills them."""
