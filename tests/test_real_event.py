"""A scan of a real event: every number of the table is the reference's."""

import csv

import numpy as np

from fastmi import cli, reference

QUANTITIES = ["pt", "eta", "phi", "z", "vz", "r", "phi_hit", "n_cells"]
PERIODS = {"phi": 2 * np.pi, "phi_hit": 2 * np.pi}


def test_every_number_equals_the_reference(real_event, tmp_path, capsys):
    output = tmp_path / "mi.csv"
    code = cli.main(
        [
            *("scan", str(real_event), "--x", "latent", "--y", ",".join(QUANTITIES), "--joint"),
            *("--period", "phi=2pi,phi_hit=2pi", "-o", str(output)),
        ]
    )
    assert code == 0
    assert "joint" in capsys.readouterr().out
    with output.open(newline="") as file:
        rows = {(row["x"], row["y"]): row for row in csv.DictReader(file)}

    event = np.load(real_event)
    for quantity in QUANTITIES:
        options = {"y_period": PERIODS.get(quantity), "nan_policy": "omit"}
        single = reference.mutual_info_matrix(event["latent"], event[quantity], **options)[:, 0]
        joint = reference.mutual_info(event["latent"], event[quantity], **options)
        with_value = int(np.isfinite(event[quantity]).sum())
        names = [f"latent[{i}]" for i in range(12)] + ["joint"]
        for name, expected in zip(names, [*single, joint], strict=True):
            row = rows[name, quantity]
            assert abs(float(row["mutual_info"]) - expected) < 1e-12, (name, quantity)
            assert int(row["n_samples"]) == with_value
