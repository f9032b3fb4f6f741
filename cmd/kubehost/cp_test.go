package main

import "testing"

func TestPlaceOf(t *testing.T) {
	for word, want := range map[string]place{
		"web:/a": {"web", "/a"}, "shop/web:/a:b": {"shop/web", "/a:b"}, "web:a": {"web", "a"}, "/a:b": {path: "/a:b"},
		"./a:b": {path: "./a:b"}, "../a:b": {path: "../a:b"}, "a": {path: "a"}, "web:": {pod: "web"}, ":a": {path: ":a"},
	} {
		if got := placeOf(word); got != want {
			t.Errorf("%s: %v, want %v", word, got, want)
		}
	}
}
