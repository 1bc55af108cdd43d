import { Readable } from 'node:stream'
import { styleText } from 'node:util'
import { Box, render, Text } from 'ink'
import { createElement, type ReactElement } from 'react'
import type { Terminal } from '../terminal.ts'
import type { Row } from './rows.ts'
import { rowsThatFit } from './rows-that-fit.ts'

/** Rows at the bottom of a terminal, drawn anew until they are closed. */
export interface Screen {
  /** Has `write` write to the terminal above them. */
  above(write: () => void): void
  /** Resolves when nothing of them is left. */
  close(): Promise<void>
}

const drawnEveryMs = 250

const styles = {
  strong: 'bold',
  faint: 'dim',
  good: 'green',
  bad: 'red',
  attention: 'yellow',
} as const satisfies Record<Exclude<Row['tone'], 'plain'>, string>

/** This is what loads ink: whoever may not draw imports it only when drawing. */
export function openScreen(terminal: Terminal, rows: (columns: number) => readonly Row[]): Screen {
  const frame = (): ReactElement => {
    // The cursor stands on the line below.
    const height = Math.max(1, terminal.rows - 1)
    return createElement(
      Box,
      { flexDirection: 'column' },
      rowsThatFit(rows(terminal.columns), height).map((row, index) =>
        createElement(Text, { key: index, wrap: 'truncate-end' }, styled(row, terminal)),
      ),
    )
  }
  const draw = (): void => instance.rerender(frame())
  // Ahead of ink's own listener, which draws at once what it has: that may not fit any more.
  terminal.on('resize', draw)
  const instance = render(frame(), {
    stdout: terminal,
    // It takes no keys, and leaves Ctrl-C to the signal.
    stdin: Readable.from([]),
    exitOnCtrlC: false,
    patchConsole: false,
    interactive: true,
  })
  const timer = setInterval(draw, drawnEveryMs)
  return {
    above(write) {
      instance.clear()
      write()
      draw()
    },
    async close() {
      clearInterval(timer)
      terminal.off('resize', draw)
      await instance.waitUntilRenderFlush()
      instance.clear()
      instance.unmount()
      await instance.waitUntilExit()
    },
  }
}

/** ink's own colours go by stdout, which may be a file. */
function styled({ text, tone }: Row, terminal: Terminal): string {
  return tone === 'plain' ? text : styleText(styles[tone], text, { stream: terminal })
}
