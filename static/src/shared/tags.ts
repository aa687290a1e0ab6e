// Tags of languages, without their names: the loader has this too and must stay small.

/**
 * A tag without what makes no difference for a translation: es-MX is called Spanish. Portuguese and Chinese keep what
 * tells their two written forms apart.
 */
export function plainTag(tag: string): string {
  try {
    const l = new Intl.Locale(tag)
    if (l.language === 'zh') return `zh-${l.maximize().script}`
    if (l.language === 'pt') return l.maximize().region === 'BR' ? 'pt-BR' : 'pt-PT'
    if (l.language === 'no') return 'nb'
    return l.script ? `${l.language}-${l.script}` : l.language
  } catch {
    return tag
  }
}

// Other names of a language, and languages whose readers read the other as well: Nynorsk, Cantonese, Bosnian, Montenegrin.
const kin: Record<string, string> = { no: 'nb', nn: 'nb', prs: 'fa', yue: 'zh-Hant', bs: 'hr', cnr: 'sr' }

/**
 * The tag of the list that fits a wish best: the same tag, else the same language in the script or the country that it is of (zh-TW: zh-Hant, pt: pt-BR;
 * Portuguese of other countries is that of Portugal), else the same language in any way, else one that its readers read as well; else the fallback.
 * The server does the same (widget/catalogue.go).
 */
export function nearest(tag: string, available: readonly string[], fallback = 'en'): string {
  try {
    const { language, script, region } = new Intl.Locale(tag).maximize()
    const wishes = [tag, language, `${language}-${script}`, `${language}-${region}`, `${language}-PT`, kin[language]]
    for (const wish of wishes) for (const a of available) if (a === wish) return a
    for (const a of available) if (a.startsWith(`${language}-`)) return a
  } catch {
    // Not a tag.
  }
  return fallback
}
