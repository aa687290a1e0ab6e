import { inkOn, lighten } from '../shared/color'

/** The product's own accent; the frame's tokens.css has the same. */
const petrol = '#0b6e5f'
const petrolDark = '#5cc8b4'

/**
 * The launcher's style sheet. Sizes are in px, because the page's rem may be anything; everything inherited is cut off at :host, and marked
 * important there, because for important rules the inner sheet wins over the page's.
 */
export function css(color: string | undefined, z = 2147483000): string {
  const light = color ?? petrol
  const dark = color ? lighten(color) : petrolDark
  return `
:host{all:initial!important;display:block!important;direction:inherit!important}
@media print{:host{display:none!important}}
.box{--c:${light};--i:${inkOn(light)};--ring:#fff;font:500 16px/1.4 system-ui,sans-serif;color-scheme:light dark}
.hidden{display:none}
button{all:unset;width:56px;height:56px;cursor:pointer;inset-block-end:calc(20px + env(safe-area-inset-bottom,0px));border-radius:50%;background:var(--c);color:var(--i);-webkit-tap-highlight-color:transparent;touch-action:manipulation;
box-shadow:0 1px 2px rgb(0 0 0/18%),0 6px 20px rgb(0 0 0/18%);transition:transform .14s,box-shadow .14s}
button,.panel,.hi{position:fixed;z-index:${z};box-sizing:border-box;inset-inline-end:calc(20px + env(safe-area-inset-right,0px))}
.start :is(button,.panel,.hi){inset-inline-end:auto;inset-inline-start:calc(20px + env(safe-area-inset-left,0px))}
button::after{content:"";position:absolute;inset:0;border-radius:50%;background:var(--i);opacity:0;transition:opacity .14s}
@media(hover:hover){button:hover{box-shadow:0 2px 4px rgb(0 0 0/20%),0 10px 28px rgb(0 0 0/22%)}button:hover::after{opacity:.08}}
button:active{transform:scale(.96)}
button:focus-visible{outline:3px solid var(--c);outline-offset:3px}
svg{position:absolute;inset:14px;width:28px;height:28px;fill:none;stroke:currentcolor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round;
transition:opacity .14s,transform .14s}
[dir=rtl] .chat{transform:scaleX(-1)}
.close{opacity:0;transform:translateY(-4px)}
.open .chat{opacity:0}
.open .close{opacity:1;transform:none}
.badge{position:absolute;z-index:1;inset-block-start:-3px;inset-inline-end:-3px;min-width:22px;height:22px;padding:0 6px;box-sizing:border-box;
border-radius:11px;background:#b3261e;color:#fff;font-size:12px;font-weight:700;line-height:22px;text-align:center;box-shadow:0 0 0 2px var(--ring)}
.badge[hidden],.open .badge{display:none}
.panel{width:400px;height:704px;max-width:calc(100vw - 40px);max-height:calc(100vh - 116px);max-height:calc(100dvh - 116px);
inset-block-end:calc(92px + env(safe-area-inset-bottom,0px));border-radius:18px;overflow:hidden;background:#fff;box-shadow:0 0 0 1px rgb(0 0 0/6%),0 12px 48px rgb(16 32 28/22%);
opacity:0;visibility:hidden;transform:translateY(12px);transition:opacity .16s,transform .16s,visibility 0s .16s}
@media(prefers-color-scheme:dark){.box{--c:${dark};--i:${inkOn(dark)};--ring:#151a19}.panel{background:#151a19;box-shadow:0 0 0 1px rgb(255 255 255/9%),0 16px 56px rgb(0 0 0/60%)}}
.open .panel{opacity:1;visibility:visible;transform:none;transition-delay:0s}
iframe{all:unset;display:block;width:100%;height:100%;border:0;color-scheme:light dark}
@media(max-width:599px){.panel{inset:auto;top:var(--top,0);left:0;right:0;width:auto;max-width:none;height:var(--height,100%);max-height:none;border-radius:0;
box-shadow:none}.start .panel{inset-inline:0}.open button{display:none}}
@media(prefers-reduced-motion:reduce){*,::after{transition:none!important}}
@media(forced-colors:active){button{border:2px solid ButtonText}.panel{border:1px solid CanvasText}.badge{border:1px solid CanvasText}}
`
}
