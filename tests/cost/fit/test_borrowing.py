"""Constants of chips that nobody measured: those of kin, with no more for a watt, and no faster."""

import pytest

from rebuilt.cost import load_model
from rebuilt.cost.fit.borrowing import NO_LESS, completed, of_anyone
from rebuilt.cost.fit.fitting import bench
from rebuilt.cost.fit.priors import FAR, kin
from rebuilt.cost.hardware.accelerators import accelerator_ids, load_accelerator
from rebuilt.cost.hardware.efficiencies import borrowed as lender
from rebuilt.cost.hardware.efficiencies import constant, has
from rebuilt.cost.hardware.estimate import price, timed
from rebuilt.cost.hardware.software import KERNELS, load_software

FITTED = {
    (name, gpu): value
    for gpu, product, fa2 in (
        ("b200-sxm", 0.7, 0.2),
        ("l20", 0.9, 0.9),
        ("rtx-4090", 0.8, 1.0),
        ("mi300x", 0.4, 0.3),
    )
    for name, value in (
        ("product", product),
        ("attention_fa2", fa2),
        *((name, 0.1) for name in ("traffic", "convolution", "power_product")),
        *((name, 0.9) for name in ("power_attention", "power_traffic")),
    )
}


@pytest.fixture(scope="module")
def borrowed():
    """Return the constants of a few accelerators by (accelerator, constant)."""
    gpus = (
        *("b300-sxm", "gb200", "mi350x", "rtx-6000-ada", "b200-sxm", "tpu-v5p"),
        "v100-sxm-32gb",
    )
    return {(one.accelerator, one.constant): one for one in completed(FITTED, gpus)}


def test_what_was_fitted_stays(borrowed):
    """With its own word for it."""
    assert borrowed["b200-sxm", "product"].value == 0.7
    assert borrowed["b200-sxm", "product"].basis == "measured"


def test_attention_is_borrowed_beside_products(borrowed):
    """Its share of what products reach is that of kin, so a slow card stays slow."""
    for gpu in ("b300-sxm", "gb200"):
        ratio = borrowed[gpu, "attention_fa2"].value / borrowed[gpu, "product"].value
        assert ratio == pytest.approx(0.2 / 0.7)
        assert borrowed[gpu, "attention_fa2"].basis == "is, beside products, that of B200 SXM"


def test_a_maker_is_nearer_than_all(borrowed):
    """CDNA 4 has no fitted card here: the constants of CDNA 3 stand in, not those of NVIDIA."""
    found = borrowed["mi350x", "attention_fa2"]

    assert found.value / borrowed["mi350x", "product"].value == pytest.approx(0.3 / 0.4)
    assert found.basis == "is, beside products, the mean of other families of its maker"
    assert borrowed["tpu-v5p", "traffic"].basis == "are the mean of other families"


def test_no_watt_does_more_than_the_best_of_the_family(borrowed):
    """A card with twice the peak and less power is not twice as fast."""
    own, best = load_accelerator("rtx-6000-ada"), load_accelerator("l20")
    rate = borrowed["rtx-6000-ada", "product"].value * own.peak_tflops / own.tdp_w

    assert rate == pytest.approx(0.9 * best.peak_tflops / best.tdp_w)
    assert borrowed["rtx-6000-ada", "product"].basis.startswith("are those of L20 and ")


def test_a_card_with_no_more_of_anything_is_no_faster():
    """The mean of its family would put an A100 PCIe ahead of the A100 SXM; it is held to that."""
    sibling, gamer = "a100-sxm-80gb", "rtx-3090"
    shares = {"product": (0.6, 0.9), "traffic": (0.1, 0.3), "convolution": (0.1, 0.3)}
    ampere = {
        (name, gpu): share
        for name, both in shares.items()
        for gpu, share in zip((sibling, gamer), both, strict=True)
    }
    found = {one.constant: one for one in completed(FITTED | ampere, ["a100-pcie-80gb"])}
    own, whole = load_accelerator("a100-pcie-80gb"), load_accelerator(sibling)

    assert found["traffic"].value == pytest.approx(0.1 * whole.bandwidth_tb_s / own.bandwidth_tb_s)
    assert found["convolution"].value == pytest.approx(0.1 * whole.peak_tflops / own.peak_tflops)
    for name in ("traffic", "convolution"):
        assert found[name].basis.endswith(f", but no faster than {whole.name}")


def siblings():
    """Unmeasured accelerators, each beside a measured one that has no less of anything."""
    for gpu in filter(lambda one: lender("product", one), accelerator_ids()):
        own = load_accelerator(gpu)
        for chip in map(load_accelerator, accelerator_ids()):
            more = all(getattr(chip, name) >= getattr(own, name) for name in NO_LESS)
            if more and chip.family == own.family and not lender("product", chip.id):
                yield own, chip


@pytest.mark.parametrize("model", ["wan2.1-t2v-14b", "flux.1-dev"])
def test_no_unmeasured_part_is_ahead_of_a_measured_sibling(model):
    """Over all accelerators and kernels: neither a rate nor the run time of a clip."""
    job, pairs = timed(load_model(model), tiled=True), list(siblings())
    for own, chip in pairs:
        for name in ("product", "convolution", *(f"attention_{kernel}" for kernel in KERNELS)):
            if has(name, own.id):
                rates = (constant(name, one.id) * one.peak_tflops for one in (own, chip))
                assert next(rates) <= next(rates) * (1 + 1e-4), (own.id, chip.id, name)
        assert price(job, gpu=own.id).seconds >= price(job, gpu=chip.id).seconds * (1 - 1e-4)

    assert ("a100-pcie-80gb", "a100-sxm-80gb") in {(own.id, chip.id) for own, chip in pairs}


def test_a_card_has_the_kernel_that_runs_on_it(borrowed):
    """Volta is below what FlashAttention-2 needs; of a TPU's own kernel nobody printed a rate."""
    volta, tpu = borrowed["v100-sxm-32gb", "attention_xformers"], ("tpu-v5p", "attention_native")

    assert volta.basis == "is, beside products, the mean of other families of its maker"
    assert borrowed[tpu].basis == "is, beside products, the mean of other families with fa2"
    for gpu in ("v100-sxm-32gb", "tpu-v5p"):
        assert (gpu, "attention_fa2") not in borrowed
    assert ("b200-sxm", "attention_native") not in borrowed


def test_what_came_after_the_fit_has_every_kernel_of_the_default_software():
    """Of whatever family it is."""
    names = {one.constant for one in of_anyone(FITTED)}
    families = {load_accelerator(gpu).family for gpu in accelerator_ids()}

    assert {f"attention_{load_software().kernel(family)}" for family in families} <= names


def test_kin_are_chips_of_one_family_without_a_rate_of_their_own():
    """So that runs of a B200 inform a B300; a printed rate needs no kin."""
    priors = bench().priors()
    pairs = kin(priors)

    assert (("attention_fa2", "b200-sxm"), ("attention_fa2", "b300-sxm")) in pairs
    for one, other in pairs:
        assert one[0] == other[0]
        assert load_accelerator(one[1]).family == load_accelerator(other[1]).family
        assert priors[one].spread == priors[other].spread == FAR
