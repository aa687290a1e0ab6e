package widget

import "testing"

// A socket that breaks while hello is still looked into gives everything back all the same.
func TestWhatASocketHoldsIsGivenBackOnce(t *testing.T) {
	for _, early := range []bool{false, true} {
		address, visitor := 0, 0
		v := &visitorSocket{leave: func() { address++ }}
		if early {
			v.gone()
		}
		v.hold(func() { visitor++ })
		v.gone()
		v.gone()
		if address != 1 || visitor != 1 {
			t.Errorf("closed early %v: given back %d and %d times", early, address, visitor)
		}
	}
}
