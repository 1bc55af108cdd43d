/** The sections of a page under headings of one level, by heading; each goes to the next heading of that level. */
export function sectionsOf(text: string, level: number): Map<string, string> {
  const mark = `${'#'.repeat(level)} `
  const sections = new Map<string, string>()
  let heading: string | undefined
  for (const line of withoutCode(text).split('\n')) {
    if (line.startsWith(mark)) {
      heading = line.slice(mark.length).trim()
      sections.set(heading, '')
    } else if (heading !== undefined) sections.set(heading, `${sections.get(heading)}${line}\n`)
  }
  return sections
}

/** The page with its fenced blocks emptied; line numbers stay. */
export function withoutCode(text: string): string {
  let fenced = false
  return text
    .split('\n')
    .map((line) => {
      if (/^\s*```/.test(line)) fenced = !fenced
      return fenced ? '' : line
    })
    .join('\n')
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(text: string): Set<string> {
  const headings = withoutCode(text).matchAll(/^#{1,6} (.+)$/gm)
  return new Set([...headings].map(([, heading = '']) => slugOf(heading)))
}

const slugOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
