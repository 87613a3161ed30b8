import LineChart from "@cloudscape-design/components/line-chart";
import type { Scan } from "../api/types";
import { useTexts } from "../texts";

/** Trend is the score after each scan that has one, the oldest first. */
export default function Trend({ scans }: { scans: Scan[] }) {
  const { say, moment, day } = useTexts();
  const data = scans.flatMap((s) => (s.score?.percent == null ? [] : [{ x: new Date(s.ended), y: s.score.percent }])).reverse();
  const first = data[0]?.x.getTime() ?? 0;
  const short = (data.at(-1)?.x.getTime() ?? 0) - first < 2 * 24 * 3600 * 1000;
  return (
    <LineChart
      series={[{ type: "line", title: say("field.score"), data, valueFormatter: (v) => `${v} %` }]}
      xScaleType="time" yDomain={[0, 100]} height={200} hideFilter hideLegend
      xTitle={say("overview.time")} yTitle={`${say("field.score")} (%)`} ariaLabel={say("overview.trend")}
      i18nStrings={{ xTickFormatter: (d) => (short ? moment : day)(d.toISOString()), yTickFormatter: (v) => String(v) }}
      detailPopoverSeriesContent={({ series, y }) => ({ key: series.title, value: `${y} %` })}
      detailPopoverFooter={(x) => moment(x.toISOString())}
    />
  );
}
