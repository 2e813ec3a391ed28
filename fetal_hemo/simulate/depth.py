"""How much fainter the heart is under more tissue.

Tags: `S` a published figure, `I` our inference.
"""

from __future__ import annotations

from fetal_hemo.simulate.beam import USUAL_CARRIER_MHZ

ATTENUATION_DB_PER_CM_MHZ = 0.5  # S: soft tissue, each way
USUAL_BMI = 25.0
CM_PER_BMI = 0.12  # I, from S: obesity adds depth and costs signal (lineage, trap 9)
USUAL_DEPTH_CM = 7.0  # I


def depth_cm(bmi: float) -> float:
    """Depth of the fetal heart under the probe."""
    return USUAL_DEPTH_CM + CM_PER_BMI * (bmi - USUAL_BMI)


def echo_loss_db(bmi: float, carrier_mhz: float) -> float:
    """Echo lost against a woman of BMI 25 under 3.3 MHz: there and back through the tissue."""
    usual = USUAL_DEPTH_CM * USUAL_CARRIER_MHZ
    return 2 * ATTENUATION_DB_PER_CM_MHZ * (depth_cm(bmi) * carrier_mhz - usual)
