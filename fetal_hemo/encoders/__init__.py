"""Window encoder -> beat attention -> view fusion -> window attention -> recording embedding."""

from fetal_hemo.encoders.model import ModelSize, ScreeningModel, ViewsOutput, WindowOutput

__all__ = ["ModelSize", "ScreeningModel", "ViewsOutput", "WindowOutput"]
