/** An amount in the currency's main unit. A code that is no currency, which a page may have said all the same, stands behind the number. */
export function money(amount: number, currency: string | undefined, locale: string): string {
  if (!currency) return new Intl.NumberFormat(locale).format(amount)
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount)
  } catch {
    return `${new Intl.NumberFormat(locale).format(amount)} ${currency}`
  }
}
