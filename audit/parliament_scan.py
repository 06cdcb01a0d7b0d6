"""Runs parliament and its community auditors over policies: JSON in on stdin, JSON out on stdout."""

import json
import sys
import warnings
from pathlib import Path

# parliament reads its data by pkg_resources, which says at each import that it is on its way out.
warnings.filterwarnings("ignore", message="pkg_resources is deprecated")

import parliament  # noqa: E402
import parliament.community_auditors  # noqa: E402

parliament.override_config(
    Path(parliament.community_auditors.__file__).parent / "config_override.yaml"
)


def told(finding):
    """What a finding is about: some auditors say it in `detail`, others in `location`."""
    location = finding.location
    if "actions" in location:
        return ", ".join(sorted(location["actions"]))
    if isinstance(finding.detail, list):
        wanted = (f"{d['action']} wants {d['required_format']}" for d in finding.detail if isinstance(d, dict))
        return "; ".join(wanted) or ", ".join(map(str, finding.detail))
    return str(finding.detail or finding.title)


def findings(policy):
    analysed = parliament.analyze_policy_string(
        json.dumps(policy["document"]),
        filepath=policy["arn"],
        ignore_private_auditors=True,
        include_community_auditors=True,
        config=parliament.config,
    )
    for finding in analysed.findings:
        parliament.enhance_finding(finding)
        yield {
            "check": finding.issue,
            "severity": finding.severity,
            "resource": policy["arn"],
            "detail": told(finding),
        }


json.dump([finding for policy in json.load(sys.stdin) for finding in findings(policy)], sys.stdout)
