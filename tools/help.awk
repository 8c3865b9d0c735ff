# Lists the Makefile's targets: a line `##@ Title` starts a group, `target: ... ## text` is an entry.
BEGIN { FS = ":.*## "; print "Orderflow: make <target>" }
/^##@ / { printf "\n%s\n", substr($0, 5) }
/^[a-z][a-z0-9-]*:.*## / { printf "  %-18s %s\n", $1, $2 }
