import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parts, safeHref } from './links'

const links = (text: string) => parts(text).flatMap((p) => (typeof p === 'object' && p.type === 'link' ? [p.href] : []))
const plain = (text: string) =>
  parts(text)
    .map((p) => (typeof p === 'string' ? p : p.type === 'bold' ? `*${p.text}*` : p.text))
    .join('')

test('finds links and leaves what follows them', () => {
  assert.deepEqual(links('See https://example.com/a?b=1&c=2.'), ['https://example.com/a?b=1&c=2'])
  assert.deepEqual(links('(https://example.com/wiki/Tea_(drink)) and more'), ['https://example.com/wiki/Tea_(drink)'])
  assert.deepEqual(links('write to ana@example.com!'), ['mailto:ana@example.com'])
  assert.deepEqual(links('mailto:ana@example.com'), ['mailto:ana@example.com'])
  assert.deepEqual(links('请看 https://example.com/路径。'), ['https://example.com/%E8%B7%AF%E5%BE%84'])
  assert.deepEqual(links('HTTP://EXAMPLE.COM'), ['http://example.com/'])
})

test('bold hugs its words', () => {
  assert.deepEqual(parts('a *very* big'), ['a ', { type: 'bold', text: 'very' }, ' big'])
  assert.deepEqual(parts('2*3*4'), ['2*3*4'])
  assert.deepEqual(parts('* a * b'), ['* a * b'])
  assert.deepEqual(parts('**'), ['**'])
  assert.deepEqual(parts('*a\nb*'), ['*a\nb*'])
})

test('nothing is lost or added', () => {
  for (const text of payloads) assert.equal(plain(text), text)
})

// Whatever stands in a line, only three schemes become a link, and a link has a host and no disguise.
const payloads = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg/onload=alert(1)>',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  'java\u0000script:alert(1)',
  '\u0001javascript:alert(1)',
  'javascript://example.com/%0aalert(1)',
  'javascript:https://example.com',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'file:///etc/passwd',
  'blob:https://example.com/x',
  'filesystem:https://example.com/x',
  'https:javascript:alert(1)',
  'https:///alert(1)',
  'https://user:pass@example.com',
  'https://paypal.com@evil.example',
  'https://exa\u202emple.com/gpj.exe',
  'https://example.com/"onmouseover="alert(1)',
  "https://example.com/'onclick='alert(1)",
  'https://example.com/<script>alert(1)</script>',
  'https://example.com/`x`',
  'https://',
  'http://[::1]/x',
  'http://0x7f.1/',
  'mailto:',
  'mailto:a@b?subject=x&body=<script>',
  'mailto:a@b%0ACc:c@d',
  'mailto:javascript:alert(1)',
  'ftp://example.com',
  'intent://example.com#Intent;scheme=http;end',
  '*<b>x</b>*',
  '*javascript:alert(1)*',
  '&lt;script&gt;',
  '{{constructor.constructor("alert(1)")()}}',
  '[x](javascript:alert(1))',
  '![x](https://example.com/x.png)',
  'https://example.com\\@evil.example/',
  'http://\u202e',
  '\ud800 unpaired https://example.com/\udfff',
]

test('no payload becomes anything but text or a plain link', () => {
  for (const text of payloads) {
    for (const part of parts(text)) {
      if (typeof part === 'string' || part.type === 'bold') continue
      assert.match(part.href, /^(https?:\/\/[^/@\s]+\/|mailto:[^\s?]+$)/, text)
      assert.doesNotMatch(part.href, /["<>`\s\u202e]/u, text)
    }
  }
})

test('a link ends where a mark would turn the direction of the rest', () => {
  for (const mark of '\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069')
    assert.deepEqual(links(`https://example.com/a${mark}gpj.exe`), ['https://example.com/a'])
})

test('a link is judged by the browser’s parser', () => {
  assert.equal(safeHref('https://example.com'), 'https://example.com/')
  for (const bad of ['javascript:alert(1)', 'https://a:b@c.example', 'mailto:x', 'ftp://x', '//example.com', ''])
    assert.equal(safeHref(bad), undefined, bad)
})

test('a long text of half a link does not take long', () => {
  // What this process has used, for the machine may be busy with others.
  const start = process.cpuUsage()
  for (const text of [
    'a'.repeat(4000),
    '*'.repeat(4000),
    '*a'.repeat(2000),
    'a@'.repeat(2000),
    `https://e.x/${'('.repeat(3900)}`,
    `${'a.'.repeat(2000)}@`,
    `https://e.x/${')'.repeat(3900)}`,
  ])
    parts(text)
  assert.ok(process.cpuUsage(start).user < 2_000_000)
})
