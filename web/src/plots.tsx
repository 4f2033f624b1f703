// Numbers with shape: small plots drawn as SVG, each with its numbers in words for those who cannot see it.
import { count } from "./words";

export interface Series { name: string; tone: "one" | "two" | "three"; values: number[] }

const kWidth = 600, kGap = 0.25;  // drawing units; share of a column left free
const kRuled = [0.5, 1];

// Columns, several series stacked. `labels` stand under the first and the last.
export function Columns({ title, series, labels, height = 120, unit }: { title: string; series: Series[]; labels: string[]; height?: number; unit: string }) {
  const columns = series[0]?.values.length ?? 0;
  const sums = Array.from({ length: columns }, (_, at) => series.reduce((sum, one) => sum + (one.values[at] ?? 0), 0));
  const top = nice(Math.max(1, ...sums));
  const step = kWidth / Math.max(1, columns);
  const said = `${title}: ${series.map((one) => `${one.name} ${count(one.values.reduce((sum, value) => sum + value, 0))}`).join(", ")}; at most ${count(Math.max(0, ...sums))} ${unit}`;
  return (
    <figure class="plot">
      <svg viewBox={`0 0 ${kWidth} ${height}`} preserveAspectRatio="none" role="img" aria-label={said}>
        {kRuled.map((at) => <line key={at} class="rule" x1="0" x2={kWidth} y1={height * (1 - at) + 0.5} y2={height * (1 - at) + 0.5} />)}
        {sums.map((_, at) => {
          let y = height;
          return series.map((one) => {
            const tall = (height * (one.values[at] ?? 0)) / top;
            y -= tall;
            return <rect key={`${one.name} ${at}`} class={`fill-${one.tone}`} x={(at + kGap / 2) * step} y={y} width={step * (1 - kGap)} height={tall}><title>{`${labels[at] ?? ""} ${one.name}: ${count(one.values[at] ?? 0)} ${unit}`}</title></rect>;
          });
        })}
      </svg>
      <figcaption><span class="figures">{labels[0]}</span><span class="figures">top line {count(top)} {unit}</span><span class="figures">{labels[labels.length - 1]}</span></figcaption>
      {series.length > 1 && <ul class="legend">{series.map((one) => <li key={one.name}><i class={`swatch-${one.tone}`} />{one.name}</li>)}</ul>}
    </figure>
  );
}

// The latest of a rate, without words of its own.
export function Spark({ values, label }: { values: number[]; label: string }) {
  const top = Math.max(1, ...values);
  const width = 240, height = 44;
  const step = width / Math.max(1, values.length);
  return (
    <svg class="spark" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {values.map((value, at) => <rect key={at} class="fill-one" x={at * step} width={Math.max(1, step * 0.8)} y={height - (height * value) / top} height={(height * value) / top} />)}
    </svg>
  );
}

// 1, 2 or 5 times a power of ten, not below the largest value.
function nice(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10);
}
