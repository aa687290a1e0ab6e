package main

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"dragoman/internal/browsertest"
)

// both puts two tabs side by side into one picture: the two sides of a conversation, for the README.
func both(t *testing.T, left, right *browsertest.Tab, name string) {
	t.Helper()
	if *screens == "" {
		return
	}
	dir := t.TempDir()
	read := func(tab *browsertest.Tab, name string) image.Image {
		path := filepath.Join(dir, name)
		tab.Shot(path)
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		img, err := png.Decode(f)
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	a, b := read(left, "a.png"), read(right, "b.png")
	const gap = 16
	w := a.Bounds().Dx() + gap + b.Bounds().Dx()
	h := max(a.Bounds().Dy(), b.Bounds().Dy())
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, a.Bounds(), a, image.Point{}, draw.Src)
	draw.Draw(out, b.Bounds().Add(image.Pt(a.Bounds().Dx()+gap, 0)), b, image.Point{}, draw.Src)
	f, err := os.Create(filepath.Join(*screens, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, out); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
