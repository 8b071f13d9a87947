"""The dashboards for Grafana: executive, on-call, debug, built with Grafana's own typed builders."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    dashboard,
    prometheus,
    stat,
    table,
    text,
    timeseries,
)
from grafana_foundation_sdk.models.common import BigValueGraphMode, BigValueTextMode
from grafana_foundation_sdk.models.dashboard import DataSourceRef, VariableRefresh
from prometheus_rules import DELIVERIES, ratio

from labeltrust.domain.measures import HOUR

SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
OF = 'project=~"$project"'
WHOLE = f'{OF},source=""'
WIDE, HALF, THIRD, QUARTER = 24, 12, 8, 6
Panel = timeseries.Panel | stat.Panel | table.Panel | bargauge.Panel | text.Panel
Query = tuple[str, str]
"""PromQL and legend."""


def boards() -> dict[str, dashboard.Dashboard]:
    """Return the dashboards by the name of their file."""
    return {"executive": executive(), "on-call": on_call(), "debug": debug()}


def executive() -> dashboard.Dashboard:
    """Agreement and accuracy, provenance, incidents and time to detect, risk by source."""
    return _board(
        "Executive",
        "labeltrust-executive",
        "30d",
        [
            _stat("Gates open", [(f"sum(labeltrust_project_gate_open{{{OF}}})", "")]),
            _stat("Provenance coverage", [(f"min(labeltrust_project_provenance{{{OF}}})", "")],
                  unit="percentunit"),
            _stat("Open incidents",
                  [(f'sum(labeltrust_incidents{{{OF},status!~"closed"}}) or vector(0)', "")]),
            _stat("Objectives that burn", [(f"sum(labeltrust_sli_firing{{{OF}}})", "")]),
            _lines("Agreement (Krippendorff's alpha)",
                   [(f"labeltrust_project_alpha{{{OF}}}", "{{project}}")]),
            _lines("Accuracy on gold",
                   [(f"labeltrust_project_gold{{{OF}}}", "{{project}}")], unit="percentunit"),
            _lines("Provenance coverage over time",
                   [(f"labeltrust_project_provenance{{{OF}}}", "{{project}}")], unit="percentunit"),
            _bars("Incidents of 90 days by severity",
                  [(f"sum by (severity, status) (labeltrust_incidents{{{OF}}})",
                    "{{severity}} {{status}}")]),
            _lines("Late: detected after a day, contained after an hour",
                   [(f'labeltrust_sli_value{{{WHOLE},measure=~"S1|S2",bound="value"}}',
                     "{{project}} {{name}}")], unit="percentunit"),
            _lines("Error budgets left",
                   [(f"labeltrust_sli_budget_left_ratio{{{WHOLE}}}", "{{project}} {{name}}")],
                   unit="percentunit"),
            _bars("Risk by source: upper bound of anomalous input, seven days",
                  [(f'labeltrust_sli_value{{{OF},measure="M4",bound="high",source!=""}}',
                    "{{source}}")], width=WIDE),
        ],
    )  # fmt: skip


def on_call() -> dashboard.Dashboard:
    """Anomalous input now, drift, canary against production, what is most abnormal."""
    return _board(
        "On-call",
        "labeltrust-on-call",
        "6h",
        [
            _stat("Open pages", [('sum(labeltrust_alerts_open{severity="page"}) or vector(0)', "")]),
            _stat("Events a second", [("sum(rate(labeltrust_events_total[5m]))", "")]),
            _stat("Deliveries that fail", [(ratio(HOUR), "")], unit="percentunit"),
            _stat("Oldest alert not taken", [("labeltrust_alerts_oldest_seconds", "")], unit="s"),
            _lines("Anomalous input now: burn by source, one hour and five minutes",
                   [(f'labeltrust_sli_burn{{{OF},measure="M4",source!="",window=~"1h|5m"}}',
                     "{{source}} {{window}}")]),
            _table("What burns",
                   [(f"labeltrust_sli_firing{{{OF}}} > 0", "")]),
            _lines("Drift: labels and features",
                   [(f'labeltrust_sli_value{{{WHOLE},measure=~"M1|M2",bound="value"}}',
                     "{{project}} {{name}}")], unit="percentunit"),
            _lines("Canary and shadow against production",
                   [(f'labeltrust_sli_value{{{WHOLE},measure=~"M3|M7|M9",bound="value"}}',
                     "{{project}} {{name}}")], unit="percentunit"),
            _lines("Trigger hits and other occurrences",
                   [(f"labeltrust_sli_occurrences{{{WHOLE}}}", "{{project}} {{name}}")]),
            _bars("Most abnormal sources: agreement, upper bound of unlike pairs",
                  [(f'labeltrust_sli_value{{{OF},measure="M10",bound="high"}}'
                    ' or labeltrust_sli_burn{measure="M10",window="3d",source!=""}',
                    "{{project}} {{source}}")]),
            _lines("Flags that wait, labelers that are held",
                   [(f"labeltrust_project_open_flags{{{OF}}}", "{{project}} open flags"),
                    (f"labeltrust_project_frozen{{{OF}}}", "{{project}} held labelers")]),
            _words("Labelers", "Labelers are people: who is most abnormal, with examples, is on "
                   "the console's page *On-call* of each project, and never in metrics."),
        ],
    )  # fmt: skip


def debug() -> dashboard.Dashboard:
    """What was counted: windows, bounds, answers, events; samples are in the console."""
    return _board(
        "Debug",
        "labeltrust-debug",
        "24h",
        [
            _lines("Burn by window",
                   [(f'labeltrust_sli_burn{{{OF},measure=~"$measure"}}',
                     "{{measure}} {{source}} {{window}}")], width=WIDE),
            _table("Bad units of each window",
                   [(f'labeltrust_sli_bad{{{OF},measure=~"$measure"}}', "")]),
            _table("Units of each window that count",
                   [(f'labeltrust_sli_valid{{{OF},measure=~"$measure"}}', "")]),
            _lines("Value with its 95 % interval",
                   [(f'labeltrust_sli_value{{{OF},measure=~"$measure"}}',
                     "{{measure}} {{source}} {{bound}}")], unit="percentunit"),
            _lines("Events by what became of them",
                   [("sum by (outcome) (rate(labeltrust_events_total[5m]))", "{{outcome}}")]),
            _lines("Deliveries refused, by reason",
                   [("sum by (reason) (rate(labeltrust_deliveries_refused_total[5m]))",
                     "{{reason}}")]),
            _lines("Answers by status",
                   [("sum by (status) (rate(labeltrust_requests_total[5m]))", "{{status}}")]),
            _lines("Time to answer a delivery: half, and 99 of 100",
                   [(_quantile(0.5), "half"), (_quantile(0.99), "99 of 100")], unit="s"),
            _lines("Sources in trouble", [("labeltrust_sources", "{{state}}")]),
            _lines("Checkpoints and records without one",
                   [("labeltrust_checkpoint_waiting_seconds", "waiting (s)"),
                    ("labeltrust_checkpoint_unsigned_records", "unsigned records")]),
            _words("Samples", "Suspect samples with their lineage, who agreed with whom, histograms "
                   "before and after, and the events to replay are on the console's page *Debug*."),
        ],
        measures=True,
    )  # fmt: skip


def _quantile(q: float) -> str:
    rate = f"sum by (le) (rate(labeltrust_request_seconds_bucket{{{DELIVERIES}}}[5m]))"
    return f"histogram_quantile({q:g}, {rate})"


def _board(
    title: str, uid: str, since: str, panels: Sequence[Panel], *, measures: bool = False
) -> dashboard.Dashboard:
    board = (
        dashboard.Dashboard(f"labeltrust: {title}")
        .uid(uid)
        .tags(["labeltrust"])
        .readonly()
        .refresh("30s")
        .time(f"now-{since}", "now")
        .with_variable(dashboard.DatasourceVariable("datasource").type("prometheus"))
        .with_variable(_variable("project", "labeltrust_sli_firing"))
    )
    if measures:
        board = board.with_variable(_variable("measure", "labeltrust_sli_firing"))
    for panel in panels:
        board = board.with_panel(panel)
    return board


def _variable(name: str, metric: str) -> dashboard.QueryVariable:
    return (
        dashboard.QueryVariable(name)
        .query(f"label_values({metric}, {name})")
        .datasource(SOURCE)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .multi(multi=True)
        .include_all(include_all=True)
        .all_value(".+")
    )


def _target(query: Query, *, instant: bool = False) -> prometheus.Dataquery:
    expr, legend = query
    made = prometheus.Dataquery().expr(expr).legend_format(legend).datasource(SOURCE)
    return made.instant() if instant else made.range()


def _lines(
    title: str, queries: Sequence[Query], *, unit: str = "short", width: int = HALF
) -> timeseries.Panel:
    legend = common.VizLegendOptions().show_legend(show_legend=True)
    panel = timeseries.Panel().title(title).datasource(SOURCE).unit(unit).span(width).height(8)
    panel = panel.legend(legend).no_value("not known")
    for query in queries:
        panel = panel.with_target(_target(query))
    return panel


def _stat(title: str, queries: Sequence[Query], *, unit: str = "short") -> stat.Panel:
    panel = stat.Panel().title(title).datasource(SOURCE).unit(unit).span(QUARTER).height(4)
    panel = panel.graph_mode(BigValueGraphMode.AREA).text_mode(BigValueTextMode.VALUE)
    panel = panel.no_value("not known")
    for query in queries:
        panel = panel.with_target(_target(query))
    return panel


def _bars(title: str, queries: Sequence[Query], *, width: int = HALF) -> bargauge.Panel:
    panel = bargauge.Panel().title(title).datasource(SOURCE).span(width).height(8)
    panel = panel.no_value("none")
    for query in queries:
        panel = panel.with_target(_target(query, instant=True))
    return panel


def _table(title: str, queries: Sequence[Query]) -> table.Panel:
    panel = table.Panel().title(title).datasource(SOURCE).span(HALF).height(8).no_value("none")
    for query in queries:
        panel = panel.with_target(_target(query, instant=True))
    return panel


def _words(title: str, content: str) -> text.Panel:
    return text.Panel().title(title).content(content).span(HALF).height(8)
