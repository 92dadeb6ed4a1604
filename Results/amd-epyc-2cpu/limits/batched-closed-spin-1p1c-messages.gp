# Redraw with: gnuplot batched-closed-spin-1p1c-messages.gp
set terminal svg size 960,600 dynamic enhanced font "DejaVu Sans,Helvetica,13" background "#ffffff"
set output 'batched-closed-spin-1p1c-messages.svg'
set encoding utf8
set label 1 'Message rate: batched, closed, wait spin, p=core:0,c=core:1,seg=producer' at screen 0.02,0.962 left noenhanced font ",15"
set label 2 'AMD EPYC, 2 CPUs, 1 NUMA node, Linux 6.18.44-fc-v782, unnamed hypervisor · 0.1.0 (db8315724c)' at screen 0.02,0.918 left noenhanced font ",11" textcolor rgb "#666666"
set label 3 '' at screen 0.98,0.022 right noenhanced font ",11" textcolor rgb "#666666"
set logscale xy
set xlabel "message size" offset 0,-0.2
set ylabel 'messages received' noenhanced offset -0.5,0
set xrange [38.4:80.0]
set yrange [37914577.208708145:91112868.65789789]
set xtics ("48B" 48, "64B" 64) nomirror
set ytics ("50 M/s" 50000000.0) nomirror
set border 3 linecolor rgb "#444444"
set grid xtics ytics linetype 1 linewidth 0.6 linecolor rgb "#e3e3e3"
set bars 0.4
set key outside right top vertical Left reverse noenhanced samplen 3 spacing 1.25 width 1
set lmargin 13
set bmargin 5
set tmargin 5
plot 'batched-closed-spin-1p1c-messages.tsv' index 0 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 1 linecolor rgb "#0072b2" pointtype 7 pointsize 0.75 title 'shm raw'
