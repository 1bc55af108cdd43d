/** What a router's /metrics says. */
export const readMetrics = async ({ url }: { readonly url: string }): Promise<string> =>
  (await fetch(`${url}/metrics`)).text()

/** The value of one series, such as `dbsvc_errors_total{code="DBS-2101"}`; NaN where there is none. */
export const numberOf = (metrics: string, series: string): number =>
  Number(
    metrics
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1) ?? Number.NaN,
  )
