"""Files dropped onto the page."""

import base64

from playwright.sync_api import Page


def drop(page: Page, name: str, content: bytes) -> None:
    """Drop a file onto the page, as from the desktop."""
    page.evaluate(
        """([name, content]) => {
            const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0))
            const dataTransfer = new DataTransfer()
            dataTransfer.items.add(new File([bytes], name))
            for (const type of ['dragenter', 'dragover', 'drop'])
                document.body.dispatchEvent(
                    new DragEvent(type, {dataTransfer, bubbles: true, cancelable: true}))
        }""",
        [name, base64.b64encode(content).decode()],
    )
