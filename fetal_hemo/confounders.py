"""What else may go with high pressure in a simulated population, by name."""

from __future__ import annotations

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.suggestion import suggestion

# Each is always there as a cause of what is heard; switched on, it also goes with high pressure.
CONFOUNDERS = {
    "maternal_age": "pressure rises with a woman's age, which is not heard",
    "gestational_age": "pressure rises towards term, and so does all that ages in the fetus",
    "bmi": "heavier women have higher pressures and deeper, fainter hearts",
    "gestational_diabetes": "more often with high pressure; it lengthens isovolumetric times too",
    "behavioural_state": "women with high pressure are recorded while the fetus sleeps quietly",
    "device": "some units are used where more women have high pressure",
    "site": "some sites see more women with high pressure, and are noisier",
}
USUAL = ("maternal_age", "gestational_age", "bmi", "gestational_diabetes")


def confounders_of(text: str) -> tuple[str, ...]:
    """Names from `usual`, `none`, `all` or a list with commas, in the order of `CONFOUNDERS`.

    Raises E-USAGE for a name that is not one.
    """
    known = {"usual": USUAL, "none": (), "all": tuple(CONFOUNDERS)}
    if text in known:
        return known[text]
    chosen = {name.strip() for name in text.split(",")}
    for name in sorted(chosen - set(CONFOUNDERS)):
        what = f"no confounder {name!r}"
        raise FetalHemoError("E-USAGE", what, "simulate", suggestion(name, CONFOUNDERS))
    return tuple(name for name in CONFOUNDERS if name in chosen)
