# Redraw with: gnuplot stream-poisson-10k-s-park-1p1c-latency.gp
set terminal svg size 960,600 dynamic enhanced font "DejaVu Sans,Helvetica,13" background "#ffffff"
set output 'stream-poisson-10k-s-park-1p1c-latency.svg'
set encoding utf8
set label 1 'Latency: stream, poisson:10k/s, wait park, p=core:0,c=core:1,seg=producer' at screen 0.02,0.962 left noenhanced font ",15"
set label 2 'AMD EPYC, 2 CPUs, 1 NUMA node, Linux 6.18.44-fc-v782, unnamed hypervisor · 0.1.0 (db8315724c)' at screen 0.02,0.918 left noenhanced font ",11" textcolor rgb "#666666"
set label 3 '' at screen 0.98,0.022 right noenhanced font ",11" textcolor rgb "#666666"
set logscale xy
set xlabel "message size" offset 0,-0.2
set ylabel 'p50 latency, from the intended start, median of launches' noenhanced offset -0.5,0
set xrange [51.2:81920.0]
set yrange [5519.333333333333:93790.5]
set xtics ("64B" 64, "4KiB" 4096, "64KiB" 65536) nomirror
set ytics ("10 µs" 10000.0, "20 µs" 20000.0, "50 µs" 50000.0) nomirror
set border 3 linecolor rgb "#444444"
set grid xtics ytics linetype 1 linewidth 0.6 linecolor rgb "#e3e3e3"
set bars 0.4
set key outside right top vertical Left reverse noenhanced samplen 3 spacing 1.25 width 1
set lmargin 13
set bmargin 5
set tmargin 5
plot 'stream-poisson-10k-s-park-1p1c-latency.tsv' index 0 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 1 linecolor rgb "#0072b2" pointtype 7 pointsize 0.75 title 'list large', \
  'stream-poisson-10k-s-park-1p1c-latency.tsv' index 1 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 1 linecolor rgb "#d55e00" pointtype 7 pointsize 0.75 title 'queue large', \
  'stream-poisson-10k-s-park-1p1c-latency.tsv' index 2 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 1 linecolor rgb "#009e73" pointtype 7 pointsize 0.75 title 'shm large', \
  'stream-poisson-10k-s-park-1p1c-latency.tsv' index 3 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 2 linecolor rgb "#009e73" pointtype 5 pointsize 0.75 title 'shm raw', \
  'stream-poisson-10k-s-park-1p1c-latency.tsv' index 4 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 2 linecolor rgb "#cc79a7" pointtype 5 pointsize 0.75 title 'pipe raw', \
  'stream-poisson-10k-s-park-1p1c-latency.tsv' index 5 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 2 linecolor rgb "#e69f00" pointtype 5 pointsize 0.75 title 'unix-stream raw', \
  'stream-poisson-10k-s-park-1p1c-latency.tsv' index 6 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 2 linecolor rgb "#56b4e9" pointtype 5 pointsize 0.75 title 'mutex-ring raw'
