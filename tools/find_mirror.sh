#!/bin/sh
# Prints a folder on this disk that serves as Terraform provider mirror for hashicorp/aws, nothing when there is none.
# What it holds need not be trusted: Terraform checks every provider against .terraform.lock.hcl.
find / \( -path /proc -o -path /sys -o -name node_modules -o -name .terraform -o -name .git -o -path '*/.orderflow' \) -prune \
  -o -type d -path '*/registry.terraform.io/hashicorp/aws' -print 2>/dev/null | sed 's|/registry.terraform.io/hashicorp/aws$||' | sort | head -n 1
