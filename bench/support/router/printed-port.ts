/** The number that a program prints as `port <number>`. @throws when it ends without */
export async function printedPort(output: AsyncIterable<Buffer>): Promise<number> {
  let text = ''
  for await (const chunk of output) {
    text += chunk.toString()
    const found = /^port (\d+)$/m.exec(text)
    if (found !== null) return Number(found[1])
  }
  throw new Error(`it ended before it was ready: ${text}`)
}
