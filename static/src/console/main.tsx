// The console. One desk, drawn by app/app.tsx; one folder per view; what is shared with the widget is in ../shared.
import { render } from 'preact'
import { App } from './app/app'
import { Desk } from './app/desk'
import { firstWords } from './app/tongue'

const desk = new Desk()
// The texts and the connection are fetched at the same time.
desk.start()
void firstWords(desk).then(() => render(<App desk={desk} />, document.getElementById('app') ?? document.body))
