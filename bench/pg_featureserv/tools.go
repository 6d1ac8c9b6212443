//go:build tools

package bench

import _ "github.com/CrunchyData/pg_featureserv"
