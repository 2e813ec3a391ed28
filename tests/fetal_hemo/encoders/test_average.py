"""The linear path past attention: a mean over the windows in which a view is there."""

from __future__ import annotations

import pytest
import torch

from fetal_hemo.encoders.average import ViewAverage


@pytest.fixture
def average() -> ViewAverage:
    with torch.random.fork_rng():
        torch.manual_seed(4)
        return ViewAverage(views=3, features=4, embedding=5)


@pytest.fixture
def views() -> torch.Tensor:
    """Two recordings of six windows."""
    return torch.randn(2, 6, 3, 4, generator=torch.Generator().manual_seed(5))


def test_it_is_the_mean_of_what_each_window_says(average, views) -> None:
    """So that a device may add up windows one by one."""
    found = average(views, torch.ones(2, 6, 3), torch.ones(2, 6))
    each = average.measure(views.flatten(2))
    torch.testing.assert_close(found, average.tell(each.mean(dim=1)))


def test_hidden_views_and_windows_have_no_part(average, views) -> None:
    """Against a mean that is taken view by view."""
    view_mask = (torch.rand(2, 6, 3, generator=torch.Generator().manual_seed(6)) > 0.4).float()
    window_mask = torch.tensor([[1.0, 1, 0, 1, 0, 1], [0, 1, 1, 1, 1, 1]])
    there = view_mask.bool() & window_mask.bool()[..., None]
    means = torch.zeros(2, 3, 4)
    for recording in range(2):
        for view in range(3):
            means[recording, view] = views[recording, there[recording, :, view], view].mean(dim=0)
    expected = average.tell(average.measure(means.flatten(1)))
    garbage = torch.where(there[..., None], views, 1e3)
    torch.testing.assert_close(average(garbage, view_mask, window_mask), expected)


def test_a_view_that_is_hidden_in_some_windows_counts_as_much_as_one_that_is_not(
    average, views
) -> None:
    steady = views[:, :1].expand_as(views)
    some = torch.ones(2, 6, 3)
    some[:, 2:, 0] = 0
    found = average(steady, some, torch.ones(2, 6))
    torch.testing.assert_close(found, average(steady, torch.ones(2, 6, 3), torch.ones(2, 6)))


def test_nothing_at_all_is_finite(average, views) -> None:
    found = average(views, torch.zeros(2, 6, 3), torch.ones(2, 6))
    torch.testing.assert_close(found[0], average.tell(average.measure.bias))
