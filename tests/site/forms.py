"""A page with a form in a browser: its fields by name, what it shows, and what it says."""

from pathlib import Path

from playwright.sync_api import Locator, Page
from tests.site.looks import HEARD

ALL = ("calculator", "chain", "miniature")
AS_AT_FIRST = "as-at-first="  # an address that names no field
BITS = """const view = new DataView(new ArrayBuffer(8));
    const bits = value => { view.setFloat64(0, value); return view.getBigUint64(0).toString(); };
    const { run, sentence, expand, last, data, exact } =
        document.querySelector('.rb-form').inside;"""
DRAG = """([name, places]) => {
    const slider = document.querySelector(`input[type=range][name=${name}]`);
    const times = [];
    for (const place of places) {
        slider.value = place;
        const start = performance.now();
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        document.querySelector('.rb-form').getBoundingClientRect();  // layout belongs to it
        times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b);
}"""
# An address that is the same as before is no change, of which a page would not hear.
FOLLOW = """choice => new Promise(done => {
    history.replaceState(null, '', '#');
    addEventListener('hashchange', () => setTimeout(done), { once: true });
    location.hash = choice;
})"""
BOXES = "found => found.map(one => one.getBoundingClientRect().toJSON())"


class Form:
    """One open page that is ready, with the errors and requests that it made."""

    def __init__(self, seen, name: str) -> None:
        self.errors, self.requests = seen.errors, seen.requests
        self.name, self.page = name, seen.page
        ready(self.page)

    def field(self, name: str) -> Locator:
        """Control or note of that name."""
        return self.page.locator(f"#form-{name}")

    def part(self, name: str) -> Locator:
        """Find what has a class of the form's vocabulary."""
        return self.page.locator(f".rb-form-{name}")

    def follow(self, choice: str) -> None:
        """Change the address, as a bookmark does; what it does not name is as at first."""
        self.page.evaluate(FOLLOW, choice)

    def resize(self, width_px: int) -> None:
        """Give the page another width, and wait until it has heard of it."""
        self.page.set_viewport_size({"width": width_px, "height": 900})
        self.page.evaluate(HEARD)

    def enter(self, **values: str) -> None:
        """Set fields in order; menus by value. `_` between words of a name stands for `-`."""
        for name, value in values.items():
            control = self.field(name.replace("set_", "set-"))
            if control.evaluate("control => control.options !== undefined"):
                control.select_option(value)
            else:
                control.fill(value)

    def value(self, name: str) -> str:
        """Return what a field holds."""
        return self.field(name).input_value()

    def press(self, button: str) -> None:
        """Press a button by its name."""
        self.page.get_by_role("button", name=button).click()

    def unfold(self) -> None:
        """Open what is folded."""
        folded = self.page.locator(".rb-form details:not([open]) > summary")
        while folded.count():
            folded.first.click()

    def figures(self) -> str:
        """All results as read."""
        return self.part("figures").inner_text()

    def figure(self, name: str) -> str:
        """One result as read."""
        return self.page.locator(f"[data-shows={name}]").inner_text()

    def problem(self) -> str:
        """Return the sentence that refuses, empty if nothing is refused."""
        return self.page.get_by_role("alert").inner_text()

    def command(self) -> str:
        """Return the command that says the same as the form."""
        return self.page.locator(".rb-form-buttons code").inner_text()

    def choice(self, *parts: str) -> str:
        """Wait until the address holds all parts; return all that it holds."""
        held = " && ".join(f"`${{location.hash}}&`.includes('{part}&')" for part in parts)
        self.page.wait_for_function(f"() => {held}")
        return self.page.evaluate("location.hash.slice(1)")

    def inside(self, answer: str, given: object = None):
        """Evaluate the answer to `given` among what the page's script shows to a console."""
        return self.page.evaluate(f"given => {{ {BITS} return {answer}; }}", given)

    def drag(self, name: str, places: list[int]) -> tuple[float, float]:
        """Milliseconds that a place of a slider takes: median, and what 95 % stay below."""
        times = self.page.evaluate(DRAG, [name, places])
        return times[len(times) // 2], times[int(0.95 * len(times))]

    def boxes(self) -> list[dict[str, float]]:
        """Places of all controls that can be seen."""
        controls = ".rb-form-on :is(select, input, textarea, button):visible"
        return self.page.locator(controls).evaluate_all(BOXES)


def ready(page: Page) -> None:
    """Wait until the form can be used."""
    page.locator(".rb-form-on").wait_for(state="visible")


def opener(site: Path, visit):
    """Make what opens a page with a form: `opened("chain", "steps=25", width=320)`."""

    def go(name: str, choice: str = "", **options: object) -> Form:
        return Form(visit(site, name, choice, **options), name)

    return go
