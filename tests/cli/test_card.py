from pathlib import Path


def test_a_run(run, conditional):
    code, out, err = run("card", conditional[0].path, "--license", "cc-by-4.0", "--out", "card.md")
    assert (code, out, err) == (0, "wrote: card.md\n", "")
    assert Path("card.md").read_text().startswith('---\nlicense: "cc-by-4.0"\n')


def test_what_is_wrong_is_said(refused, conditional, tmp_path):
    refused("card", conditional[0].path, match="Missing option '--license'")
    refused("card", conditional[0].path, "--license", "a\nb", match="`--license` must be an identifier, as apache-2.0")
    refused("card", tmp_path, "--license", "mit", match="must be the directory of a run, with an options.json")
