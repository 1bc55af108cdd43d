/** As a name in backticks. */
export const quoteName = (name: string): string => `\`${name.replaceAll(/[\\`]/g, '\\$&')}\``

/** As a string literal. */
export const quoteString = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`
