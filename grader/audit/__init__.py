"""How good an assignment's tests are."""
