"""An approved text, and a file of such texts as a home holds it."""

from __future__ import annotations

from pathlib import Path

from agent.channels import Templates, read_templates

NEWS = """
[[template]]
id = "spring"
provider = "aliyun"
provider_id = "SMS_300000001"
language = "zh"
purpose = "marketing"
text = "春茶已上架，欢迎来店里看看。拒收请回复R"
valid_to = 2026-05-31
"""


def shelf(folder: Path, text: str) -> Templates:
    (folder / "templates.toml").write_text(text, encoding="utf-8")
    return read_templates(folder / "templates.toml")
